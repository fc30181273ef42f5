#!/usr/bin/env bats
# Clients that validate one name after the other: lego (its exec provider, both modes) and uacme.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
}

teardown_file() {
    lab_down
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    cd "$BATS_TEST_TMPDIR"
    mkdir links
    ln -s "$builddir/acmehook" links/lego
    ln -s "$builddir/acmehook" links/uacme
}

# lego_run MODE NAME...
lego_run() {
    local mode=$1 domains=()
    shift
    for name; do domains+=(-d "$name"); done
    in_lab env PATH=/usr/sbin:/usr/bin:/sbin:/bin LEGO_CA_CERTIFICATES="$LAB/ca.pem" EXEC_PATH="$PWD/links/lego" EXEC_MODE="$mode" \
        EXEC_POLLING_INTERVAL=1 EXEC_SEQUENCE_INTERVAL=1 lego --path "$PWD/lego" --server https://localhost:14000/dir --accept-tos \
        --email a@example.test --dns exec --dns.resolvers 127.0.0.53:53 "${domains[@]}" run --run-hook "$builddir/acmehook --from lego deploy"
}

# uacme_run ARGUMENT...: it has no option for the CA's certificate, only the system's bundle
uacme_run() {
    cat /etc/ssl/certs/ca-certificates.crt "$LAB/ca.pem" >bundle
    # shellcheck disable=SC2016 # for the other sh
    in_lab unshare -m sh -c 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"' "$PWD/bundle" \
        uacme -y -v -t EC -a https://localhost:14000/dir -c "$PWD/uacme" "$@"
}

dns_configuration() {
    executable recorder <<'END'
#!/bin/sh
printf '%s\n' "$*" >>"$(dirname "$0")/recorded"
END
    configuration <<END
match "dns-01" { handler = "$hooks/nsupdate"  env = { "NSUPDATE_KEY=$LAB/acme.key" } }
match "deploy_cert" { handler = "$PWD/recorder" }
END
}

@test "lego, apex and wildcard, and its run hook" {
    need lego pebble openssl
    dns_configuration
    run -0 lego_run '' example.test '*.example.test'
    [ "$(names lego/certificates/example.test.crt)" = "$(printf 'DNS:%s\n' '*.example.test' example.test)" ]
    [[ "$(cat recorded)" == "deploy_cert example.test $PWD/lego/certificates/example.test.key $PWD/lego/certificates/example.test.crt $PWD/lego/certificates/example.test.crt $PWD/lego/certificates/example.test.issuer.crt "* ]]
    nothing_left
}

@test "lego, RAW" {
    need lego pebble openssl
    dns_configuration
    run -0 lego_run RAW www.example.test
    [ "$(names lego/certificates/www.example.test.crt)" = DNS:www.example.test ]
    nothing_left
}

@test "lego, a handler that fails: no certificate, nothing left" {
    need lego pebble openssl
    executable bad <<'END'
#!/bin/sh
echo "the provider is down" >&2
[ "$1" = clean_challenge ]
END
    configuration <<END
match "dns-01" { handler = "$PWD/bad" }
END
    run lego_run '' www.example.test
    [ "$status" -ne 0 ]
    [[ $output == *"the provider is down"* ]]
    nothing_left
}

@test "uacme, apex and wildcard; http-01, which no handler is for, is declined without a word" {
    need uacme pebble openssl
    dns_configuration
    run -0 uacme_run new
    run -0 uacme_run -h "$PWD/links/uacme" issue example.test '*.example.test'
    [ "$(names uacme/example.test/cert.pem)" = "$(printf 'DNS:%s\n' '*.example.test' example.test)" ]
    [[ $output != *"no handler"* ]]
    nothing_left
}

@test "uacme, http-01 through hooks/webroot" {
    need uacme pebble nginx openssl
    configuration <<END
match "http-01" { handler = "$hooks/webroot"  env = { "WEBROOT=$LAB/www" } }
END
    run -0 uacme_run new
    run -0 uacme_run -h "$PWD/links/uacme" issue www.example.test
    [ "$(names uacme/www.example.test/cert.pem)" = DNS:www.example.test ]
    nothing_left
}

@test "uacme, a record that does not get there: declined, undone, no certificate" {
    need uacme pebble openssl
    dns_configuration
    echo 'verify-timeout = 2' >>"$ACMEHOOK_CONFIG"
    run -0 uacme_run new
    in_lab "$lab" secondary hold
    run uacme_run -h "$PWD/links/uacme" issue www.example.test
    in_lab "$lab" secondary follow
    [ "$status" -ne 0 ]
    [[ $output == *"waiting for ns2.example.test (127.0.0.2)"* ]]
    [[ $output == *"what this call had deployed was cleaned again (uacme would not)"* ]]
    nothing_left
}

@test "uacme, the CA says no: failed cleans, nothing left" {
    need uacme pebble openssl
    dns_configuration
    echo 'verify = "off"' >>"$ACMEHOOK_CONFIG"
    run -0 uacme_run new
    in_lab "$lab" secondary hold
    run uacme_run -h "$PWD/links/uacme" issue www.example.test
    in_lab "$lab" secondary follow
    [ "$status" -ne 0 ]
    [[ $output == *"links/uacme failed dns-01 www.example.test"* ]]
    nothing_left
}

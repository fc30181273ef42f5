#!/usr/bin/env bats
# Hook scripts that are in use, as they come in packages or are recommended, called by clients that
# they were not written for.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
}

teardown_file() {
    lab_down
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    . "$BATS_TEST_DIRNAME/lab/clients.bash"
    cd "$BATS_TEST_TMPDIR"
}

# looks TYPE WHERE: makes a handler that calls the program "script", and notes what is out there
# after each call: the number of TXT values of WHERE, or of files in the directory WHERE
looks() {
    local count="dig +short @127.0.0.1 '$2' TXT | grep -c '^\"'"
    [ "$1" = dns-01 ] || count="find '$2' -type f | wc -l"
    executable handler <<END
#!/bin/sh
$PWD/script "\$@" || exit
$count >>$PWD/seen || :
END
}

# proved NAME...: a certificate; and after all calls of the script: something was there, now it is not
proved() {
    [ "$(names cert.pem)" = "$(printf 'DNS:%s\n' "$@")" ]
    grep -qx '[1-9][0-9]*' seen
    [ "$(tail -n 1 seen)" = 0 ]
    nothing_left
}

record=_acme-challenge.example.test

@test "dehydrated's example hook, with its lines for nsupdate, called by uacme" {
    need uacme pebble openssl /usr/share/doc/dehydrated/examples/hook.sh
    # "Simple example", and where the key is
    sed -e "s|# printf 'server|printf 'server|" -e "s|/var/run/named/session.key|$LAB/acme.key|" \
        /usr/share/doc/dehydrated/examples/hook.sh | executable script
    [ "$(grep -c "^ *printf 'server.*acme.key$" script)" = 2 ]
    looks dns-01 $record
    configuration <<END
match "dns-01" { handler = "$PWD/handler" }
END
    run -0 uacme_run example.test '*.example.test'
    proved '*.example.test' example.test
}

@test "dehydrated's example hook gets all operations of dehydrated itself" {
    need dehydrated pebble nginx openssl /usr/share/doc/dehydrated/examples/hook.sh
    executable script <<END
#!/bin/sh
echo "\$1" >>$PWD/operations
exec bash /usr/share/doc/dehydrated/examples/hook.sh "\$@"
END
    configuration <<END
handler = "$PWD/script"
END
    links
    # It leaves http-01 to dehydrated, which writes the file itself.
    well_known=$LAB/www/.well-known/acme-challenge run -0 dehydrated_run http-01 www.example.test
    [ "$(names cert.pem)" = DNS:www.example.test ]
    [ "$(xargs <operations)" = "startup_hook generate_csr deploy_challenge clean_challenge sync_cert deploy_cert exit_hook" ]
    nothing_left
}

@test "uacme's uacme.sh called by certbot" {
    need certbot pebble nginx openssl /usr/share/uacme/uacme.sh
    mkdir -p "$LAB/www/.well-known/acme-challenge"
    ln -s /usr/share/uacme/uacme.sh script
    looks http-01 "$LAB/www/.well-known/acme-challenge"
    configuration <<END
match "http-01" {
    handler = "$PWD/handler"
    to = "uacme"
    env = { "UACME_CHALLENGE_PATH=$LAB/www/.well-known/acme-challenge" }
}
END
    run -0 certbot_run http-01 www.example.test
    proved www.example.test
}

@test "uacme's nsupdate.sh, with a key, called by lego" {
    need lego pebble openssl /usr/share/uacme/nsupdate.sh
    # "if you wish to specify" a key "for TSIG transactions, do so here"
    sed "s|^RNDC_KEY_NSUPDATE=|&$LAB/acme.key|" /usr/share/uacme/nsupdate.sh | executable script
    looks dns-01 _acme-challenge.www.example.test
    configuration <<END
match "dns-01" { handler = "$PWD/handler"  to = "uacme" }
END
    run -0 lego_run www.example.test
    proved www.example.test
}

@test "acmetool's dns.hook called by uacme" {
    need uacme pebble openssl /usr/share/doc/acmetool/examples/dns.hook
    executable script <<'END'
#!/bin/sh
exec bash /usr/share/doc/acmetool/examples/dns.hook "$@"
END
    looks dns-01 $record
    configuration <<END
match "dns-01" {
    handler = "$PWD/handler"
    to = "acmetool"
    env = { "TSIG_KEY_NAME=hmac-sha256:acme", "TSIG_KEY=$(sed -n 's/.*secret "\(.*\)";.*/\1/p' "$LAB/acme.key")" }
}
END
    run -0 uacme_run example.test '*.example.test'
    proved '*.example.test' example.test
}

# certbot's manual has such a pair for a provider's API: auth prints what cleanup needs to find the
# record again, and an "if" tells http-01 from dns-01.
certbot_pair() {
    executable auth.sh <<END
#!/bin/bash
set -e
if [ -n "\$CERTBOT_TOKEN" ]; then
    mkdir -p "$LAB/www/.well-known/acme-challenge"
    echo "\$CERTBOT_VALIDATION" >"$LAB/www/.well-known/acme-challenge/\$CERTBOT_TOKEN"
    exit
fi
record="_acme-challenge.\$CERTBOT_DOMAIN. TXT \$CERTBOT_VALIDATION"
nsupdate -k "$LAB/acme.key" <<E
server 127.0.0.1
update add \${record/ TXT / 60 TXT }
send
E
echo "\$record"
dig +short @127.0.0.1 "_acme-challenge.\$CERTBOT_DOMAIN" TXT | wc -l >>$PWD/seen
END
    executable cleanup.sh <<END
#!/bin/bash
set -e
if [ -n "\$CERTBOT_TOKEN" ]; then
    rm "$LAB/www/.well-known/acme-challenge/\$CERTBOT_TOKEN"
    exit
fi
# of certbot's: what auth printed; others do not keep it
record=\${CERTBOT_AUTH_OUTPUT:-_acme-challenge.\$CERTBOT_DOMAIN. TXT \$CERTBOT_VALIDATION}
nsupdate -k "$LAB/acme.key" <<E
server 127.0.0.1
update delete \$record
send
E
echo "\${CERTBOT_AUTH_OUTPUT:+by the output of auth}" >>$PWD/cleaned
dig +short @127.0.0.1 "_acme-challenge.\$CERTBOT_DOMAIN" TXT | wc -l >>$PWD/seen
END
    configuration <<END
to = "certbot"
match "perform_challenge" { handler = "$PWD/auth.sh" }
match "cleanup" { handler = "$PWD/cleanup.sh" }
END
}

@test "a pair of certbot hooks called by uacme" {
    need uacme pebble nginx openssl
    certbot_pair
    # http-01 comes first or second, as the CA likes it
    run -0 uacme_run example.test '*.example.test'
    proved '*.example.test' example.test
}

@test "a pair of certbot hooks called by certbot: cleanup has the output of auth" {
    need certbot pebble openssl
    certbot_pair
    run -0 certbot_run dns-01 example.test '*.example.test'
    proved '*.example.test' example.test
    [ "$(sort -u cleaned)" = "by the output of auth" ]
}

@test "a script for lego's exec called by certbot" {
    need certbot pebble openssl
    # as in lego's documentation
    executable script <<END
#!/usr/bin/env bash
set -euo pipefail
case \$1 in
    present) command="update add \$2 60 TXT \$3" ;;
    cleanup) command="update delete \$2 TXT \$3" ;;
    *) echo "unknown: \$1" >&2; exit 1 ;;
esac
printf '%s\n' 'server 127.0.0.1' "\$command" send | nsupdate -k "$LAB/acme.key"
END
    looks dns-01 $record
    configuration <<END
match "dns-01" { handler = "$PWD/handler"  to = "lego" }
END
    run -0 certbot_run dns-01 example.test '*.example.test'
    proved '*.example.test' example.test
}

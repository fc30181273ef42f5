#!/usr/bin/env bats
# Real clients obtain certificates from a real CA through acmehook.

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
}

# An executable that writes its arguments into a file, one a line, and an empty line after each call.
recorder() {
    executable recorder <<'END'
#!/bin/sh
printf '%s\n' "$@" '' >>"$(dirname "$0")/recorded"
END
}

# dehydrated_run TYPE LINE...: obtains a certificate for example.test and *.example.test, or the
# names of $domains; the lines are added to its configuration
dehydrated_run() {
    local type=$1
    shift
    mkdir wellknown
    ln -s "$builddir/acmehook" dehydrated
    echo "${domains:-example.test *.example.test} > cert" >domains.txt
    {
        printf '%s\n' 'CA=https://localhost:14000/dir' "CURL_OPTS='--cacert $LAB/ca.pem'" "HOOK=$PWD/dehydrated" \
            "BASEDIR=$PWD" "WELLKNOWN=$PWD/wellknown" "DOMAINS_TXT=$PWD/domains.txt" KEY_ALGO=prime256v1 "$@"
    } >config
    in_lab dehydrated --config config --register --accept-terms &&
        in_lab dehydrated --config config --cron --challenge "$type"
}

@test "certbot, apex and wildcard, through Debian's hook for dehydrated" {
    need certbot pebble openssl "$ddns_tsig"
    recorder
    ddns_tsig_configuration "post_deploy_cert = $PWD/recorder"
    configuration <<END
handler = "$ddns_tsig"
cwd = "$PWD"
END
    # What the two servers have when the hook lets certbot go on.
    executable look <<END
#!/bin/sh
for server in 127.0.0.1 127.0.0.2; do
    echo "\$server \$(dig +short @\$server _acme-challenge.\$CERTBOT_DOMAIN TXT | sort | xargs)" >>$PWD/seen
done
echo "\$CERTBOT_VALIDATION" >>$PWD/values
END
    certbot_options
    run -0 "${certbot[@]}" --preferred-challenges dns -d example.test -d '*.example.test' \
        --manual-auth-hook "acmehook --from certbot auth && $PWD/look"

    [ "$(names certbot/live/cert/cert.pem)" = "$(printf 'DNS:%s\n' '*.example.test' example.test)" ]
    both=$(sort values | xargs)
    [ "$(wc -w <<<"$both")" = 2 ]
    [ "$(tail -n 2 seen)" = "$(printf '%s\n' "127.0.0.1 $both" "127.0.0.2 $both")" ]
    nothing_left

    mapfile -t words <recorded
    [ "${#words[@]}" = 8 ]
    [ "${words[0]}" = deploy_cert ]
    [ "${words[1]}" = example.test ]
    for i in 2:privkey 3:cert 4:fullchain 5:chain; do
        [ "${words[${i%:*}]}" -ef "certbot/live/cert/${i#*:}.pem" ]
    done
    [[ ${words[6]} =~ ^[0-9]{10}$ ]]
}

@test "certbot waits until a slow secondary has the record" {
    need certbot pebble openssl
    configuration <<END
handler = "$hooks/nsupdate"
env = { "NSUPDATE_KEY=$LAB/acme.key" }
match "deploy_cert" { handler = "/bin/true" }
END
    certbot_options
    in_lab "$lab" secondary hold
    (sleep 3 && in_lab "$lab" secondary follow) 3>&- &
    # The CA looks at the secondary only.
    run -0 "${certbot[@]}" --preferred-challenges dns -d slow.example.test
    wait $!
    [ "$(names certbot/live/cert/cert.pem)" = DNS:slow.example.test ]
    nothing_left
}

@test "certbot, http-01, through hooks/webroot" {
    need certbot pebble nginx openssl
    recorder
    configuration <<END
match "http-01" { handler = "$hooks/webroot"  env = { "WEBROOT=$LAB/www" } }
match "deploy_cert" { handler = "$PWD/recorder" }
END
    certbot_options
    run -0 "${certbot[@]}" --preferred-challenges http -d www.example.test
    [ "$(names certbot/live/cert/cert.pem)" = DNS:www.example.test ]
    [ "$(head -n 2 recorded | xargs)" = "deploy_cert www.example.test" ]
    nothing_left
}

@test "dehydrated, apex and wildcard, HOOK_CHAIN=no, through Debian's hook" {
    need dehydrated pebble openssl "$ddns_tsig"
    recorder
    ddns_tsig_configuration "post_deploy_cert = $PWD/recorder"
    configuration <<END
handler = "$ddns_tsig"
cwd = "$PWD"
END
    run -0 dehydrated_run dns-01 HOOK_CHAIN=no
    [ "$(names certs/cert/cert.pem)" = "$(printf 'DNS:%s\n' '*.example.test' example.test)" ]
    nothing_left
    mapfile -t words <recorded
    [ "${#words[@]}" = 8 ]
    [ "${words[0]} ${words[1]} ${words[2]}" = "deploy_cert example.test $PWD/certs/cert/privkey.pem" ]
}

@test "dehydrated, apex and wildcard, HOOK_CHAIN=yes: one call of the handler" {
    need dehydrated pebble openssl
    executable chain <<END
#!/bin/sh
echo "\$1 \$#" >>$PWD/calls
exec $hooks/nsupdate "\$@"
END
    configuration <<END
handler = "$PWD/chain"
env = { "NSUPDATE_KEY=$LAB/acme.key" }
chain = true
END
    run -0 dehydrated_run dns-01 HOOK_CHAIN=yes
    [ "$(names certs/cert/cert.pem)" = "$(printf 'DNS:%s\n' '*.example.test' example.test)" ]
    [ "$(grep challenge calls)" = "$(printf '%s\n' 'deploy_challenge 7' 'clean_challenge 7')" ]
    nothing_left
}

@test "dehydrated, http-01, through hooks/webroot" {
    need dehydrated pebble nginx openssl
    configuration <<END
handler = "$hooks/webroot"
env = { "WEBROOT=$LAB/www" }
END
    domains='example.test www.example.test' run -0 dehydrated_run http-01
    [ "$(names certs/cert/cert.pem)" = "$(printf 'DNS:%s\n' example.test www.example.test)" ]
    nothing_left
}

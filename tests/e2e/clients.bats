#!/usr/bin/env bats
# Real clients obtain certificates from a real CA through acmehook, all of them with the same two
# handlers: Debian's hook for dehydrated (dns-01), and hooks/webroot (http-01).

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

# An executable that writes its arguments into a file, one a line, and an empty line after each call.
recorder() {
    executable recorder <<'END'
#!/bin/sh
printf '%s\n' "$@" '' >>"$(dirname "$0")/recorded"
END
}

# Debian's hook, for dns-01 only; nobody is for http-01.
dns_configuration() {
    recorder
    ddns_tsig_configuration
    configuration <<END
match "dns-01" { handler = "$ddns_tsig"  cwd = "$PWD" }
match "deploy_cert" { handler = "$PWD/recorder" }
END
}

http_configuration() {
    recorder
    configuration <<END
match "http-01" { handler = "$hooks/webroot"  env = { "WEBROOT=$LAB/www" } }
match "deploy_cert" { handler = "$PWD/recorder" }
END
}

# obtained NAME...: a certificate for exactly these, in order, and nothing is left of the way to it
obtained() {
    [ "$(names cert.pem)" = "$(printf 'DNS:%s\n' "$@")" ]
    nothing_left
}

# deployed NAME KEY CERT FULLCHAIN CHAIN: one call of the recorder, and its words
deployed() {
    local words i
    mapfile -t words <recorded
    [ "${#words[@]}" = 8 ]
    [ "${words[0]} ${words[1]}" = "deploy_cert $1" ]
    shift
    for i in 2 3 4 5; do
        [ "${words[i]}" -ef "$1" ]
        shift
    done
    [[ ${words[6]} =~ ^[0-9]{10}$ ]]
}

@test "certbot, dns-01: apex and wildcard" {
    need certbot pebble openssl "$ddns_tsig"
    dns_configuration
    # What the two servers have when the hook lets certbot go on.
    executable look <<END
#!/bin/sh
for server in 127.0.0.1 127.0.0.2; do
    echo "\$server \$(dig +short @\$server _acme-challenge.\$CERTBOT_DOMAIN TXT | sort | xargs)" >>$PWD/seen
done
echo "\$CERTBOT_VALIDATION" >>$PWD/values
END
    auth="acmehook --from certbot auth && $PWD/look" run -0 certbot_run dns-01 example.test '*.example.test'
    obtained '*.example.test' example.test
    both=$(sort values | xargs)
    [ "$(wc -w <<<"$both")" = 2 ]
    [ "$(tail -n 2 seen)" = "$(printf '%s\n' "127.0.0.1 $both" "127.0.0.2 $both")" ]
    deployed example.test certbot/live/cert/{privkey,cert,fullchain,chain}.pem
}

@test "certbot, dns-01: a slow secondary is waited for" {
    need certbot pebble openssl "$ddns_tsig"
    dns_configuration
    in_lab "$lab" secondary hold
    (sleep 3 && in_lab "$lab" secondary follow) 3>&- &
    # The CA looks at the secondary only.
    run -0 certbot_run dns-01 slow.example.test
    wait $!
    obtained slow.example.test
}

@test "certbot, http-01; renew, which leaves the variables of one certificate to the next; a directory hook" {
    need certbot pebble nginx openssl "$ddns_tsig"
    dns_configuration
    cat >>"$ACMEHOOK_CONFIG" <<END
match "http-01" { handler = "$hooks/webroot"  env = { "WEBROOT=$LAB/www" } }
END
    run -0 certbot_run http-01 www.example.test
    obtained www.example.test
    [ "$(head -n 2 recorded | xargs)" = "deploy_cert www.example.test" ]
    # its hooks have no CERTBOT_TOKEN of their own
    certificate=dns run -0 certbot_run dns-01 '*.example.test'
    obtained '*.example.test'
    links
    mkdir -p certbot/renewal-hooks/deploy
    ln -s "$PWD/links/certbot-deploy" certbot/renewal-hooks/deploy/
    sed -i '/^renew_hook/d' certbot/renewal/*.conf
    rm recorded
    run -0 certbot renew --force-renewal
    [ "$(grep -A 1 deploy_cert recorded | xargs)" = "deploy_cert www.example.test -- deploy_cert *.example.test" ]
    nothing_left
}

@test "dehydrated: a certificate that could not be installed is installed by its next run" {
    need dehydrated pebble openssl "$ddns_tsig"
    dns_configuration
    echo 'retry-pause = 0' >>"$ACMEHOOK_CONFIG"
    mv recorder works
    executable recorder <<'END'
#!/bin/sh
echo "disk is full" >&2
exit 1
END
    chain=yes run dehydrated_run dns-01 retry.example.test
    [[ $output == *"it is kept (acmehook pending), and will be tried again: attempt 1 of 20"* ]]
    [ ! -e recorded ]
    mv works recorder
    # it is not due for renewal: dehydrated says that it is unchanged, and that it ends
    chain=yes run -0 dehydrated_run dns-01 retry.example.test
    [[ $output == *"Skipping renew"* ]]
    obtained retry.example.test
    deployed retry.example.test certs/cert/{privkey,cert,fullchain,chain}.pem
}

@test "certbot: a certificate that could not be installed is installed by pending --retry" {
    need certbot pebble openssl "$ddns_tsig"
    dns_configuration
    echo 'retry-pause = 0' >>"$ACMEHOOK_CONFIG"
    mv recorder works
    printf '#!/bin/sh\nexit 1\n' >recorder
    chmod +x recorder
    run certbot_run dns-01 again.example.test
    [ ! -e recorded ]
    mv works recorder
    # certbot itself has nothing more to do, and calls nobody
    run -0 certbot renew --post-hook 'acmehook --from certbot post'
    [ ! -e recorded ]
    run -0 "$builddir/acmehook" pending --retry again.example.test
    deployed again.example.test certbot/live/cert/{privkey,cert,fullchain,chain}.pem
}

@test "dehydrated, dns-01: apex and wildcard" {
    need dehydrated pebble openssl "$ddns_tsig"
    dns_configuration
    run -0 dehydrated_run dns-01 example.test '*.example.test'
    obtained '*.example.test' example.test
    deployed example.test certs/cert/{privkey,cert,fullchain,chain}.pem
}

@test "dehydrated, dns-01, HOOK_CHAIN=yes: apex and wildcard, in one call of the handler" {
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
    chain=yes run -0 dehydrated_run dns-01 example.test '*.example.test'
    obtained '*.example.test' example.test
    [ "$(grep challenge calls)" = "$(printf '%s\n' 'deploy_challenge 7' 'clean_challenge 7')" ]
}

@test "dehydrated, http-01" {
    need dehydrated pebble nginx openssl
    http_configuration
    run -0 dehydrated_run http-01 www.example.test
    obtained www.example.test
}

@test "lego, dns-01: apex and wildcard; its run hook" {
    need lego pebble openssl "$ddns_tsig"
    dns_configuration
    run -0 lego_run example.test '*.example.test'
    obtained '*.example.test' example.test
    deployed example.test lego/certificates/example.test.{key,crt,crt,issuer.crt}
}

@test "lego, dns-01, EXEC_MODE=RAW" {
    need lego pebble openssl "$ddns_tsig"
    dns_configuration
    mode=RAW run -0 lego_run www.example.test
    obtained www.example.test
}

@test "uacme, dns-01: apex and wildcard; http-01, which no handler is for, is declined without a word" {
    need uacme pebble openssl "$ddns_tsig"
    dns_configuration
    run -0 uacme_run example.test '*.example.test'
    [[ $output != *"no handler"* ]]
    obtained '*.example.test' example.test
}

@test "uacme, http-01" {
    need uacme pebble nginx openssl
    http_configuration
    run -0 uacme_run www.example.test
    obtained www.example.test
}

@test "acmetool, dns-01: apex and wildcard; http-01, which no handler is for, is left without a word" {
    need acmetool pebble openssl "$ddns_tsig"
    dns_configuration
    run -0 acmetool_run example.test '*.example.test'
    [[ $output != *acmehook:* ]]
    obtained '*.example.test' example.test
}

@test "acmetool, http-01; live-updated" {
    need acmetool pebble nginx openssl
    http_configuration
    run -0 acmetool_run www.example.test
    obtained www.example.test
    deployed www.example.test acmetool/live/www.example.test/{privkey,cert,fullchain,chain}
}

# It cleans when the order is done, a moment after the certificate is there.
obtained_and_cleaned() {
    mod_md_obtained "$1" && nothing_left
}

# After a restart httpd has the certificate, and says so.
obtained_and_installed() {
    if [ ! -e restarted ]; then
        obtained_and_cleaned "$1" && grep -qs exit_hook messages || return
        in_lab kill -USR1 "$(cat pid)"
        touch restarted
    fi
    grep -qs deploy_cert recorded
}

@test "mod_md, dns-01: apex and wildcard; its messages" {
    need apache2 pebble openssl "$ddns_tsig"
    [ -e $modules/mod_md.so ] || cannot "mod_md is not installed"
    dns_configuration
    executable messages.sh <<END
#!/bin/sh
echo "\$1" >>$PWD/messages
END
    echo "handler = \"$PWD/messages.sh\"" >>"$ACMEHOOK_CONFIG"
    run -0 mod_md_run obtained_and_installed example.test '*.example.test'
    obtained '*.example.test' example.test
    [ "$(head -n 2 messages | xargs)" = "startup_hook exit_hook" ]
    deployed example.test md/domains/example.test/{privkey,pubcert,pubcert,pubcert}.pem
}

@test "mod_md, dns-01, MDChallengeDns01Version 1, whose teardown tells no value" {
    need apache2 pebble openssl "$ddns_tsig"
    [ -e $modules/mod_md.so ] || cannot "mod_md is not installed"
    dns_configuration
    teardown=1 run -0 mod_md_run obtained_and_cleaned example.test '*.example.test'
    obtained '*.example.test' example.test
}

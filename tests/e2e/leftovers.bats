#!/usr/bin/env bats
# Nothing is left when real clients do not get their certificate: neither when acmehook does not let
# them go on (some of them do not clean then, so that acmehook undoes), nor when the CA refuses.

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

# A record that gets to the primary only: verification fails. Then: client COMMAND...
never_everywhere() {
    calls "$hooks/nsupdate"
    configuration <<END
match "dns-01" { handler = "$PWD/handler"  env = { "NSUPDATE_KEY=$LAB/acme.key" } }
verify-timeout = 1
END
    before=$(refusals)
    in_lab "$lab" secondary hold
    run "$@"
    in_lab "$lab" secondary follow
    failed
    [[ $output == *"waiting for ns2.example.test (127.0.0.2)"* ]]
}

# A record that is everywhere, but not what the CA wants, and verification that only warns.
wrong_everywhere() {
    # what is published is the value in ROT13; so is what is to be cleaned
    executable wrong <<END
#!/bin/sh
exec $hooks/nsupdate "\$1" "\$2" "\$3" "\$(printf %s "\$4" | tr A-Za-z N-ZA-Mn-za-m)"
END
    calls "$PWD/wrong"
    configuration <<END
match "dns-01" { handler = "$PWD/handler"  env = { "NSUPDATE_KEY=$LAB/acme.key" } }
verify = "warn"
verify-timeout = 1
END
    before=$(refusals)
    run "$@"
    failed
    refused
}

# A file where the web server does not look: verification fails.
not_served() {
    mkdir www
    calls "$hooks/webroot"
    configuration <<END
match "http-01" { handler = "$PWD/handler"  env = { "WEBROOT=$PWD/www" } }
verify-timeout = 1
END
    before=$(refusals)
    run "$@"
    failed
    [[ $output == *"404"* ]]
    [ -d www/.well-known/acme-challenge ]
    [ -z "$(find www -type f)" ]
}

# calls HANDLER: makes a handler that notes its calls, then becomes HANDLER
calls() {
    executable handler <<END
#!/bin/sh
echo "\$1" >>$PWD/calls
exec $1 "\$@"
END
}

refusals() {
    grep -c 'set INVALID by completed challenge' "$LAB/pebble.log" || :
}

refused() {
    [ "$(refusals)" -gt "$before" ]
}

not_asked() {
    [ "$(refusals)" = "$before" ]
}

# The client failed, something had been deployed, and all of it was cleaned.
failed() {
    local deployed
    deployed=$(grep -c deploy_challenge calls)
    [ "$status" -ne 0 ]
    [ ! -e cert.pem ]
    [ "$deployed" -ge 1 ]
    [ "$(grep -c clean_challenge calls)" -ge "$deployed" ]
    nothing_left
}

undone() {
    [[ $output == *"what this call had deployed was cleaned again ($1 would not)"* ]]
}

not_undone() {
    [[ $output != *"cleaned again"* ]]
}

@test "certbot, dns-01, not verified: it goes on, the CA refuses, it cleans" {
    need certbot pebble
    never_everywhere certbot_run dns-01 example.test '*.example.test'
    refused
    not_undone
}

@test "certbot, http-01, not verified: it goes on, the CA refuses, it cleans" {
    need certbot pebble nginx
    not_served certbot_run http-01 www.example.test
    refused
    not_undone
}

@test "dehydrated, dns-01, not verified: undone, the CA is not asked" {
    need dehydrated pebble
    never_everywhere dehydrated_run dns-01 example.test '*.example.test'
    undone dehydrated
    not_asked
}

@test "dehydrated, dns-01, HOOK_CHAIN=yes, not verified: both undone, the CA is not asked" {
    need dehydrated pebble
    chain=yes never_everywhere dehydrated_run dns-01 example.test '*.example.test'
    [ "$(grep -c deploy_challenge calls)" = 2 ]
    undone dehydrated
    not_asked
}

@test "dehydrated, dns-01, the CA refuses: it cleans" {
    need dehydrated pebble
    wrong_everywhere dehydrated_run dns-01 example.test '*.example.test'
    [ "$(grep -c deploy_challenge calls)" = 2 ]
    not_undone
}

@test "dehydrated, dns-01, the handler fails for the second name: the first is left to acmehook pending --clean" {
    need dehydrated pebble
    executable handler <<END
#!/bin/sh
echo "\$1" >>$PWD/calls
[ "\$1" = clean_challenge ] || [ "\$(grep -c deploy_challenge $PWD/calls)" = 1 ] || exit
exec $hooks/nsupdate "\$@"
END
    configuration <<END
match "dns-01" { handler = "$PWD/handler"  env = { "NSUPDATE_KEY=$LAB/acme.key" } }
END
    before=$(refusals)
    run dehydrated_run dns-01 example.test www.example.test
    [ "$status" -ne 0 ]
    undone dehydrated
    not_asked
    [ "$(records example.test | wc -l)" = 1 ]
    run -0 acmehook pending
    [ "${#lines[@]}" = 1 ]
    run -0 acmehook pending --clean --older-than 0
    nothing_left
}

@test "dehydrated, http-01, not verified: undone, the CA is not asked" {
    need dehydrated pebble nginx
    not_served dehydrated_run http-01 www.example.test
    undone dehydrated
    not_asked
}

@test "lego, dns-01, not verified: it cleans, the CA is not asked" {
    need lego pebble
    never_everywhere lego_run www.example.test
    not_undone
    not_asked
}

@test "lego, dns-01, the CA refuses: it cleans" {
    need lego pebble
    lego_options=(--dns.disable-cp)
    wrong_everywhere lego_run www.example.test
    not_undone
}

@test "uacme, dns-01, not verified: declined, undone, the CA is not asked" {
    need uacme pebble
    never_everywhere uacme_run www.example.test
    undone uacme
    not_asked
}

@test "uacme, dns-01, the CA refuses: it cleans" {
    need uacme pebble
    wrong_everywhere uacme_run www.example.test
    [[ $output == *"links/uacme failed dns-01 www.example.test"* ]]
    not_undone
}

@test "uacme, http-01, not verified: declined, undone, the CA is not asked" {
    need uacme pebble nginx
    not_served uacme_run www.example.test
    undone uacme
    not_asked
}

@test "acmetool, dns-01, not verified: undone, the CA is not asked" {
    need acmetool pebble
    never_everywhere acmetool_run '*.example.test'
    undone acmetool
    not_asked
}

@test "acmetool, http-01, not verified: undone" {
    need acmetool pebble nginx
    not_served acmetool_run www.example.test
    undone acmetool
}

@test "acmetool, dns-01, the CA refuses: it cleans" {
    need acmetool pebble
    wrong_everywhere acmetool_run '*.example.test'
    not_undone
}

@test "mod_md, dns-01, not verified: undone, the CA is not asked" {
    need apache2 pebble
    [ -e $modules/mod_md.so ] || cannot "mod_md is not installed"
    setup_failed() {
        grep -qs 'dns-01 setup command returns' error.log
    }
    never_everywhere mod_md_run setup_failed example.test '*.example.test'
    undone mod_md
    not_asked
}

@test "mod_md, dns-01, the CA refuses: it cleans before the next attempt" {
    need apache2 pebble openssl
    [ -e $modules/mod_md.so ] || cannot "mod_md is not installed"
    # The first value is published in ROT13, and cleaned so.
    executable handler <<END
#!/bin/sh
echo "\$1 \$4" >>calls
first=\$(sed -n '1s/.* //p' calls)
[ "\$4" != "\$first" ] || set -- "\$1" "\$2" "\$3" "\$(printf %s "\$4" | tr A-Za-z N-ZA-Mn-za-m)"
exec $hooks/nsupdate "\$@"
END
    configuration <<END
match "dns-01" { handler = "$PWD/handler"  cwd = "$PWD"  env = { "NSUPDATE_KEY=$LAB/acme.key" } }
verify = "warn"
verify-timeout = 1
END
    before=$(refusals)
    obtained_and_cleaned() {
        mod_md_obtained "$1" && nothing_left
    }
    run -0 mod_md_run obtained_and_cleaned example.test
    refused
    not_undone
    # at least two attempts: a slow transfer to the secondary makes the second one fail, too
    [[ "$(cut -d ' ' -f 1 calls | xargs) " =~ ^("deploy_challenge clean_challenge "){2,}$ ]]
}

@test "lego, dns-01, a handler that fails: no certificate, nothing left" {
    need lego pebble
    executable bad <<'END'
#!/bin/sh
echo "the provider is down" >&2
[ "$1" = clean_challenge ]
END
    configuration <<END
match "dns-01" { handler = "$PWD/bad" }
END
    run lego_run www.example.test
    [ "$status" -ne 0 ]
    [[ $output == *"the provider is down"* ]]
    nothing_left
}

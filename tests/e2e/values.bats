#!/usr/bin/env bats
# A name and its wildcard, two values at the same name, through a hook such as there are for providers
# that set all values of a name at once: those of a call replace what is there, and cleaning removes
# all.

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

# replacing [many]: the hook; without "many" it takes the first challenge of a call only. Each call,
# and of how many challenges, is in the file calls. Settings of its rule on stdin.
replacing() {
    executable hook <<END
#!/bin/sh
operation=\$1
shift
echo "\$operation \$((\$# / 3))" >>$PWD/calls
case \$operation in deploy_challenge | clean_challenge) ;; *) exit 0 ;; esac
[ "${1-}" = many ] || set -- "\$1" "\$2" "\$3"
all=\$*
{
    echo "server 127.0.0.1"
    while [ \$# -gt 0 ]; do
        echo "update delete _acme-challenge.\$1. TXT"
        shift 3
    done
    set -- \$all
    while [ \$operation = deploy_challenge ] && [ \$# -gt 0 ]; do
        echo "update add _acme-challenge.\$1. 60 TXT \$3"
        shift 3
    done
    echo send
} | nsupdate -k "$LAB/acme.key"
END
    configuration <<END
match "dns-01" {
    handler = "$PWD/hook"
    $(cat)
}
END
}

# called CALLS: those of the hook, separated by commas
called() {
    [ "$(grep challenge calls | paste -s -d ,)" = "$1" ] && return
    cat calls
    return 1
}

obtained() {
    [ "$(names cert.pem)" = "$(printf 'DNS:%s\n' '*.example.test' example.test)" ]
    nothing_left
}

refusals() {
    grep -c 'set INVALID by completed challenge' "$LAB/pebble.log" || :
}

found_out="replaced the first value of _acme-challenge.example.test when it added the second"

@test "certbot: both in one call" {
    need certbot pebble openssl nsupdate
    replacing many <<<$'chain = true\nreplaces = true\ncleans-all = true'
    run -0 certbot_run dns-01 example.test '*.example.test'
    obtained
    called "deploy_challenge 2,clean_challenge 2"
}

@test "certbot: it is found out" {
    need certbot pebble nsupdate
    # only the server that is updated: the other one may have the first value for a while
    replacing many <<<'verify-timeout = 1  authority = { "127.0.0.1" }'
    run certbot_run dns-01 example.test '*.example.test'
    [ "$status" -ne 0 ]
    [[ $output == *"$found_out"*"set chain = true and replaces = true"* ]]
    nothing_left
}

@test "dehydrated, HOOK_CHAIN=no: the second call is for both" {
    need dehydrated pebble openssl nsupdate
    replacing many <<<$'chain = true\nreplaces = true\ncleans-all = true'
    run -0 dehydrated_run dns-01 example.test '*.example.test'
    obtained
    called "deploy_challenge 1,deploy_challenge 2,clean_challenge 2"
}

@test "dehydrated, HOOK_CHAIN=yes: both in one call" {
    need dehydrated pebble openssl nsupdate
    replacing many <<<'chain = true'
    chain=yes run -0 dehydrated_run dns-01 example.test '*.example.test'
    obtained
    called "deploy_challenge 2,clean_challenge 2"
}

@test "dehydrated: it is found out before the CA is asked" {
    need dehydrated pebble nsupdate
    replacing many </dev/null
    before=$(refusals)
    run dehydrated_run dns-01 example.test '*.example.test'
    [ "$status" -ne 0 ]
    [[ $output == *"$found_out"*"set chain = true and replaces = true"* ]]
    [ "$(refusals)" = "$before" ]
    run -0 acmehook pending --clean --older-than 0
    nothing_left
}

@test "dehydrated: a hook that takes one challenge in a call is not called for the second, and it is said why" {
    need dehydrated pebble nsupdate
    replacing <<<'replaces = true'
    before=$(refusals)
    run dehydrated_run dns-01 example.test '*.example.test'
    [ "$status" -ne 0 ]
    [[ $output == *"keeps one value of a name (replaces)"*"get the name and its wildcard as two certificates"* ]]
    [ "$(refusals)" = "$before" ]
    called "deploy_challenge 1"
    run -0 acmehook pending --clean --older-than 0
    nothing_left
}

@test "lego deploys, validates and cleans one after the other" {
    need lego pebble openssl nsupdate
    replacing </dev/null
    run -0 lego_run example.test '*.example.test'
    obtained
    called "deploy_challenge 1,clean_challenge 1,deploy_challenge 1,clean_challenge 1"
}

@test "uacme deploys, validates and cleans one after the other" {
    need uacme pebble openssl nsupdate
    replacing </dev/null
    run -0 uacme_run example.test '*.example.test'
    obtained
    called "deploy_challenge 1,clean_challenge 1,deploy_challenge 1,clean_challenge 1"
}

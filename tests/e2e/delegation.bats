#!/usr/bin/env bats
# Real clients obtain certificates for names whose challenges are delegated by CNAMEs, with Debian's
# hook for dehydrated, which knows nothing of that, and only for the domain that they lead to.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    # the secondary does not follow CNAMEs into another zone for the CA
    export LAB_CA_ASKS=127.0.0.53
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

# hook_configuration: nobody shall remember a record, of which there are two, one after the other
hook_configuration() {
    ddns_tsig_configuration
    sed -i 's/^ttl = .*/ttl = 0/' dehydrated-hook-ddns-tsig.conf
}

# delegated CLIENT NUMBER [TYPE]: a name and its wildcard. Each value is deployed and cleaned where
# the CNAMEs lead, and nowhere else: in the zone of the name it would have no place beside the CNAME.
delegated() {
    need "$1" pebble openssl "$ddns_tsig"
    hook_configuration
    executable hook <<END
#!/bin/sh
echo "\$1 \$2" >>$PWD/calls
exec $ddns_tsig "\$@"
END
    configuration <<END
match "dyn$2.other.test" { handler = "$PWD/hook"  cwd = "$PWD" }
END
    run -0 "$1_run" ${3:+"$3"} "moved$2.example.test" "*.moved$2.example.test"
    [ "$(names cert.pem)" = "$(printf 'DNS:%s\n' "*.moved$2.example.test" "moved$2.example.test")" ]
    nothing_left
    [ "$(sort calls | uniq -c | xargs)" = "2 clean_challenge dyn$2.other.test 2 deploy_challenge dyn$2.other.test" ]
}

@test "certbot" {
    delegated certbot 1 dns-01
}

@test "dehydrated" {
    delegated dehydrated 2 dns-01
}

@test "lego, which follows CNAMEs itself" {
    delegated lego 3
}

@test "uacme" {
    delegated uacme 4
}

@test "acmetool" {
    delegated acmetool 5
}

@test "without following the CNAME the same handler is of no use; what was killed is cleaned where it leads" {
    need "$ddns_tsig"
    hook_configuration
    configuration <<<"handler = \"$ddns_tsig\"  cwd = \"$PWD\"  verify-timeout = 2"
    words=(--from dehydrated deploy_challenge moved6.example.test tok "$(printf 'A%.0s' {1..43})")
    run ! acmehook --delegation ignore "${words[@]}"
    run -0 acmehook "${words[@]}"
    [ "$(records other.test | awk '{ print $1 }')" = _acme-challenge.dyn6.other.test. ]
    run -0 acmehook pending --clean --older-than 0
    nothing_left
}

#!/usr/bin/env bats
# acmetool obtains a certificate through acmehook, and tells of it.

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

@test "acmetool offers http-01, which is not for us, takes dns-01, and tells of its certificate" {
    need acmetool pebble openssl
    executable recorder <<'END'
#!/bin/sh
echo "$*" >>"${0%/*}/recorded"
END
    configuration <<END
match "dns-01" { handler = "$hooks/nsupdate"  env = { "NSUPDATE_KEY=$LAB/acme.key" } }
match "deploy_cert" { handler = "$PWD/recorder" }
END
    mkdir -p acme/conf hooks
    ln -s "$builddir/acmehook" hooks/acmetool
    cat >acme/conf/target <<END
request:
  provider: https://localhost:14000/dir
  challenge:
    webroot-paths: [$PWD/webroot]
END
    cat >answers <<'END'
"acme-agreement:data:text/plain,Do%20what%20thou%20wilt": true
"acme-enter-email": "a@example.test"
END
    # it writes into /run/acme too, whatever its configuration says
    run -0 --separate-stderr in_lab env SSL_CERT_FILE="$LAB/ca.pem" \
        unshare --mount sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh \
        acmetool --batch --response-file=answers --state="$PWD/acme" --hooks="$PWD/hooks" want example.test
    # shellcheck disable=SC2154 # set by run
    [[ $stderr != *acmehook* ]]
    files=$PWD/acme/live/example.test
    [[ $(<recorded) =~ ^"deploy_cert example.test $files/privkey $files/cert $files/fullchain $files/chain "[0-9]{10}$ ]]
    [ "$(names "$files/cert")" = DNS:example.test ]
    [ -z "$(records example.test)" ]
}

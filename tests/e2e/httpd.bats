#!/usr/bin/env bats
# Apache httpd with mod_md: its watchdog calls acmehook with all signals blocked and no stdin.

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

modules=/usr/lib/apache2/modules

httpd_configuration() {
    local module
    printf '%s\n' "ServerRoot $PWD" "PidFile $PWD/pid" "ErrorLog $PWD/error.log" 'ServerName example.test'
    for module in mpm_event authz_core socache_shmcb ssl md; do
        echo "LoadModule ${module}_module $modules/mod_$module.so"
    done
    cat <<END
Listen 127.0.0.1:8443
LogLevel warn md:debug
MDomain example.test *.example.test
MDCertificateAuthority https://localhost:14000/dir
MDCACertificateFile $LAB/ca.pem
MDCertificateAgreement accepted
MDContactEmail a@example.test
MDCAChallenges dns-01
MDChallengeDns01 $PWD/mod_md
MDChallengeDns01Version 2
MDMessageCmd /usr/bin/env MDStoreDir=$PWD/md $PWD/mod_md
MDStoreDir $PWD/md
<VirtualHost *:8443>
ServerName example.test
SSLEngine on
</VirtualHost>
END
}

has_certificate() {
    [ -s md/staging/example.test/pubcert.pem ]
}

is_clean() {
    [ -z "$(records example.test)" ]
}

is_installed() {
    grep -q ^deploy_cert recorded
}

@test "mod_md, apex and wildcard, and its messages" {
    need apache2 pebble openssl
    [ -e $modules/mod_md.so ] || cannot "mod_md is not installed"
    executable recorder <<'END'
#!/bin/sh
echo "$*" >>"${0%/*}/recorded"
END
    configuration <<END
handler = "$PWD/recorder"
match "dns-01" { handler = "$hooks/nsupdate"  env = { "NSUPDATE_KEY=$LAB/acme.key" } }
END
    ln -s "$builddir/acmehook" mod_md
    httpd_configuration >httpd.conf
    in_lab apache2 -f "$PWD/httpd.conf" -DFOREGROUND >out 2>&1 3>&- &
    within 60 has_certificate || { cat out error.log; false; }
    [ "$(names md/staging/example.test/pubcert.pem)" = "$(printf 'DNS:%s\n' '*.example.test' example.test)" ]
    # it cleans when the order is done, a moment later
    within 30 is_clean
    within 30 grep -q '^exit_hook$' recorded
    [ "$(cat recorded)" = $'startup_hook\nexit_hook' ]
    # after a restart httpd has it
    in_lab kill -USR1 "$(cat pid)"
    within 30 is_installed
    files=$PWD/md/domains/example.test
    [[ $(tail -n 1 recorded) =~ ^"deploy_cert example.test $files/privkey.pem $files/pubcert.pem $files/pubcert.pem $files/pubcert.pem "[0-9]{10}$ ]]
    [ "$(names "$files/pubcert.pem")" = "$(printf 'DNS:%s\n' '*.example.test' example.test)" ]
    [ -s "$files/privkey.pem" ]
    in_lab kill "$(cat pid)"
    wait
}

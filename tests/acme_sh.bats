# acme.sh in both directions: its scripts as handlers, and the scripts that make acmehook one of its
# DNS APIs and deploy hooks. Debian has no acme.sh: lib.bash has a stand-in with its interface.
load lib

dns_acmehook=$srcdir/hooks/acme.sh/dns_acmehook.sh
deploy=$srcdir/hooks/acme.sh/acmehook.sh

# Token and digest begin with '-'.
T=-RV3ov4aMdJGBcp-vjeUARmc5oQG-t2e15A3HkoBHOY
K=$T.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI
D=-FVk2kpongQFTl-187wJpwpquMEs0qUyn6BDqqTNLqc

setup() {
    own_directory
    export HOME=$PWD ACMEHOOK=$acmehook
    unset ACME_SH LE_WORKING_DIR
    acme_sh .acme.sh/acme.sh
    config </dev/null
}

# --- acme.sh is the client

# use_recorder: a handler of dehydrated's that keeps its calls
use_recorder() {
    recorder hook
    config <<EOF
verify = "off"
handler = "$PWD/hook"
EOF
}

# issue SHELL FUNCTION NAME VALUE: a script of its DNS API as acme.sh has it, sourced in a subshell,
# with the variables of issue() from ours
issue() {
    fun=$2 name=$3 value=$4 script=$dns_acmehook run --separate-stderr $1 .acme.sh/acme.sh eval '
        (
            . "$script" || exit 9
            "$fun" "$name" "$value"
        )'
}

@test "acme.sh's add and rm reach a handler, with the token that acme.sh has" {
    use_recorder
    keyauthorization=$K issue sh dns_acmehook_add _acme-challenge.example.test "$D"
    status_is 0
    stderr_is ""
    # in rm() the key authorization is that of another name; all of them are in vlist
    keyauthorization=$key_auth vlist="*.other.test#$key_auth#https://ca.test/1#dns-01#dns_acmehook#x,example.test#$K#https://ca.test/2#dns-01#dns_acmehook#y," \
        issue sh dns_acmehook_rm _acme-challenge.example.test "$D"
    status_is 0
    file_is hook.calls <<EOF
deploy_challenge example.test $T $D
clean_challenge example.test $T $D
EOF
}

@test "without a key authorization that fits, the value stands in for the token" {
    use_recorder
    issue sh dns_acmehook_add _acme-challenge.example.test "$D"
    status_is 0
    keyauthorization=verified_ok vlist="example.test#verified_ok#https://ca.test/1#dns-01#dns_acmehook#x," \
        issue sh dns_acmehook_rm _acme-challenge.example.test "$D"
    status_is 0
    file_is hook.calls <<EOF
deploy_challenge example.test $D $D
clean_challenge example.test $D $D
EOF
}

@test "the script works in each shell that acme.sh may have" {
    use_recorder
    for shell in dash "bash --posix" "busybox sh"; do
        command -v "${shell% *}" >/dev/null || continue
        rm -f hook.calls
        keyauthorization=$K issue "$shell" dns_acmehook_add _acme-challenge.example.test "$D"
        status_is 0
        file_is hook.calls <<<"deploy_challenge example.test $T $D"
    done
}

@test "a handler that fails makes add fail, and acme.sh ends; what was deployed is cleaned" {
    handler hook <<<$'#!/bin/sh\necho $1 >>hook.calls; [ $1 != deploy_challenge ]'
    config <<<"handler = \"$PWD/hook\""
    issue sh dns_acmehook_add _acme-challenge.example.test "$D"
    status_is 1
    stderr_has "failed with exit status 1"
    file_is hook.calls <<<$'deploy_challenge\nclean_challenge'
}

@test "with an alias the record is the alias's; one without _acme-challenge is refused" {
    use_recorder
    issue sh dns_acmehook_add _acme-challenge.alias.test "$D"
    file_is hook.calls <<<"deploy_challenge alias.test $D $D"
    issue sh dns_acmehook_add alias.test "$D"
    status_is 2
    stderr_has "acme.sh: --challenge-alias, not --domain-alias"
}

@test "where acmehook is, acme.sh remembers" {
    use_recorder
    issue sh dns_acmehook_add _acme-challenge.example.test "$D"
    unset ACMEHOOK
    issue sh dns_acmehook_rm _acme-challenge.example.test "$D"
    status_is 0
    [ "$(wc -l <hook.calls)" -eq 2 ]
}

@test "a new certificate of acme.sh's reaches a handler" {
    use_recorder
    mkdir 'example.test_ecc'
    touch -d @1700000000 example.test_ecc/{example.test.key,example.test.cer,ca.cer,fullchain.cer}
    export dir=$PWD/example.test_ecc
    script=$deploy run --separate-stderr sh .acme.sh/acme.sh eval '
        . "$script" && acmehook_deploy example.test "$dir/example.test.key" "$dir/example.test.cer" "$dir/ca.cer" "$dir/fullchain.cer" "$dir/example.test.pfx"'
    status_is 0
    stderr_is ""
    file_is hook.calls <<EOF
deploy_cert example.test $dir/example.test.key $dir/example.test.cer $dir/fullchain.cer $dir/ca.cer 1700000000
EOF
}

# --- scripts for acme.sh are handlers

# provider DIRECTORY: a script of acme.sh's DNS API, as there are many
provider() {
    mkdir -p "$1"
    cat >"$1/dns_sample.sh" <<'EOF'
#!/usr/bin/env sh
dns_sample_add() {
    SAMPLE_Token="${SAMPLE_Token:-$(_readaccountconf_mutable SAMPLE_Token)}"
    if [ -z "$SAMPLE_Token" ]; then
        _err "Please set SAMPLE_Token and try again."
        return 1
    fi
    _saveaccountconf_mutable SAMPLE_Token "$SAMPLE_Token"
    _savedomainconf SAMPLE_Zone "zone of $1"
    _info "Adding record"
    echo "add $# $1 $2 $SAMPLE_Token" >>"$HOME/sample.calls"
}
dns_sample_rm() {
    echo "rm $# $1 $2" >>"$HOME/sample.calls"
}
EOF
}

# by_lego present|cleanup OPTION...: lego's call
by_lego() {
    run --separate-stderr "$acmehook" "${@:2}" --from lego "$1" _acme-challenge.example.test. "$D"
}

@test "an unchanged script of acme.sh's DNS API is a handler; settings come by env, and are remembered" {
    provider .acme.sh/dnsapi
    config <<EOF
verify = "off"
handler = "$PWD/.acme.sh/dnsapi/dns_sample.sh"
to = "acme.sh"
env = { "SAMPLE_Token=\$(touch x) y" }
EOF
    by_lego present
    status_is 0
    stderr_is ""
    by_lego cleanup
    status_is 0
    file_is sample.calls <<EOF
add 2 _acme-challenge.example.test $D \$(touch x) y
rm 2 _acme-challenge.example.test $D
EOF
    [ ! -e x ]
    file_is .acme.sh/example.test/domain.conf <<<"SAMPLE_Zone='zone of _acme-challenge.example.test'"
    # remembered
    config <<<'verify = "off"'
    echo "SAVED_SAMPLE_Token='secret'" >.acme.sh/account.conf
    by_lego present -t acme.sh -H .acme.sh/dnsapi/dns_sample.sh
    status_is 0
    [ "$(tail -n 1 sample.calls)" = "add 2 _acme-challenge.example.test $D secret" ]
}

@test "what the script says when it fails is reported" {
    provider .acme.sh/dnsapi
    by_lego present -t acme.sh -H .acme.sh/dnsapi/dns_sample.sh
    status_is 1
    stderr_has "Please set SAMPLE_Token and try again."
}

@test "acme.sh is found by ACME_SH, above the script, in LE_WORKING_DIR, at home, and in PATH" {
    export SAMPLE_Token=secret
    config <<<'verify = "off"'
    provider elsewhere
    script=$PWD/elsewhere/dns_sample.sh
    by_lego present -t acme.sh -H "$script"
    status_is 0
    [ -d .acme.sh/example.test ]
    rm -r .acme.sh
    by_lego present -t acme.sh -H "$script"
    status_is 1
    stderr_has "$script: acme.sh, whose functions it needs, was not found; set ACME_SH to its path"

    mkdir work
    acme_sh opt/acme.sh
    ACME_SH=$PWD/opt/acme.sh LE_WORKING_DIR=$PWD/work by_lego present -t acme.sh -H "$script"
    status_is 0
    [ -d work/example.test ]
    rm -r work
    acme_sh work/acme.sh
    LE_WORKING_DIR=$PWD/work by_lego present -t acme.sh -H "$script"
    status_is 0
    rm -r work
    acme_sh bin/acme.sh
    chmod +x bin/acme.sh
    PATH=$PWD/bin:$PATH by_lego present -t acme.sh -H "$script"
    status_is 0
    rm -r bin .acme.sh
    # an installation somewhere else: its settings are beside it
    acme_sh srv/acme.sh
    provider srv/dnsapi
    touch srv/account.conf
    by_lego present -t acme.sh -H "$PWD/srv/dnsapi/dns_sample.sh"
    status_is 0
    [ -d srv/example.test ]
    [ ! -e .acme.sh ]
}

@test "a script that is not there, that has not the function, or that is no shell script" {
    mkdir dnsapi
    by_lego present -t acme.sh -H dnsapi/dns_none.sh
    status_is 2
    stderr_has "handler dnsapi/dns_none.sh: No such file or directory"
    echo 'dns_other_add() { :; }' >dnsapi/dns_sample.sh
    by_lego present -t acme.sh -H dnsapi/dns_sample.sh
    status_is 1
    stderr_has "dnsapi/dns_sample.sh: has no function dns_sample_add"
    echo 'if (' >dnsapi/dns_sample.sh
    by_lego present -t acme.sh -H dnsapi/dns_sample.sh
    status_is 1
}

@test "a deploy hook of acme.sh's is a handler; what it is told is no shell's" {
    mkdir deploy
    cat >deploy/sample.sh <<'EOF'
sample_deploy() {
    [ -z "$ACMEHOOK_6" ] && printf '%s\n' "$#" "$@" >"$HOME/sample.calls"
}
EOF
    config <<EOF
to = "acme.sh-deploy"
handler = "$PWD/deploy/sample.sh"
EOF
    run -0 --separate-stderr "$acmehook" --from dehydrated deploy_cert example.test '/$(touch x)/k' '/a b' "/it's" '/`touch x`' 1
    stderr_is ""
    file_is sample.calls <<'EOF'
5
example.test
/$(touch x)/k
/a b
/`touch x`
/it's
EOF
    [ ! -e x ]
}

# Many values at one name: a name and its wildcard, two certificates at once; and handlers that
# cannot cope with them. Their zone is that of a real name server.
load lib

name=_acme-challenge.example.test

# zone: a name server for what is in the directory values, a file for each name, a value a line;
# publish brings it there. Settings on stdin, for the handler that is called hook.
zone() {
    local port
    mkdir -p values
    handler publish <<'EOF'
#!/bin/bash
cd "${0%/*}" || exit
for file in values/*; do
    [ -s "$file" ] || continue
    printf '%s TXT txt' "${file##*/}"
    sed 's/.*/ "&"/' "$file" | tr -d '\n'
    echo
done >new.rules
echo '* * nodata' >>new.rules
mv new.rules rules
EOF
    ./publish
    mkfifo dns.in
    exec {out}< <(exec "$builddir/tests/fixture/fakedns" rules <dns.in 3>&-)
    exec {keep}>dns.in
    read -r port <&"$out"
    config <<EOF
handler = "$PWD/hook"
authority = "127.0.0.1#$port"
verify-timeout = 30
$(cat)
EOF
}

# hook: a handler for dehydrated, whose calls are in the file calls; in it the functions of stdin are
# called for each challenge: add NAME VALUE, remove NAME VALUE; and call before all of them
hook() {
    { cat <<'EOF'; cat; cat <<'EOF'; } >hook
#!/bin/bash
cd "${0%/*}" || exit
echo "$*" >>calls
call() { :; }
add() { echo "$2" >>"values/_acme-challenge.$1"; }
remove() { sed -i "/^$2\$/d" "values/_acme-challenge.$1"; }
EOF
word=$1
shift
call "$@"
while [ $# -gt 0 ]; do
    case $word in
    deploy_challenge) add "$1" "$3" ;;
    clean_challenge) remove "$1" "$3" ;;
    esac
    shift 3
done
./publish
EOF
    chmod +x hook
}

# Hooks with faults.
replacing() { # each value replaces what is there
    hook <<<'add() { echo "$2" >"values/_acme-challenge.$1"; }'
}
replacing_calls() { # each call replaces what is there
    hook <<<'call() { [ $word != deploy_challenge ] || rm -f values/*; }'
}
taking_first() { # and passing over the others
    hook <<<'add() { echo "$2" >>"values/_acme-challenge.$1"; shift $#; ./publish; exit; }'
}
removing_all() {
    hook <<<'remove() { rm -f "values/_acme-challenge.$1"; }'
}

# As dehydrated: deploy NAME DIGEST..., clean likewise; certbot WORD DIGEST REMAINING [NAME]
deploy() {
    words deploy_challenge "$@"
}
clean() {
    words clean_challenge "$@"
}
words() {
    local word=$1 domain=$2 words=() value
    shift 2
    for value in "$@"; do
        words+=("$domain" "t$value" "$value")
    done
    run --separate-stderr "$acmehook" --from dehydrated "$word" "${words[@]}"
}
certbot() {
    CERTBOT_DOMAIN=${4-example.test} CERTBOT_VALIDATION=$2 CERTBOT_REMAINING_CHALLENGES=$3 \
        CERTBOT_ALL_DOMAINS=${all-example.test,example.test} \
        run --separate-stderr "$acmehook" --from certbot "$1"
}

published() { # VALUE...: these, and no others, in any order
    file_is <(sort "values/$name") < <([ $# = 0 ] || printf '%s\n' "$@" | sort)
}

replaced="handler $BATS_TEST_TMPDIR/hook replaced the first value of $name when it added the second"

@test "both values of a name and its wildcard are there: nothing is said" {
    zone </dev/null
    hook </dev/null
    deploy example.test "$digest"
    deploy example.test "$digest2"
    status_is 0
    stderr_is ""
    published "$digest" "$digest2"
}

@test "a handler that replaces the first value is found out with the second, without waiting for it" {
    zone </dev/null
    replacing
    deploy example.test "$digest"
    status_is 0
    deploy example.test "$digest2"
    status_is 3
    stderr_has "$replaced (FAIL D17 after "
    stderr_has "set chain = true and replaces = true"
}

@test "a handler that replaces the first value of certbot's batch is found out with the last one" {
    zone <<<'verify-timeout = 0.5'
    replacing
    certbot auth "$digest" 1
    status_is 0
    certbot auth "$digest2" 0
    status_is 4
    stderr_has "$replaced (RETRY D17"
    # it is said once, of both
    [ "$(grep -c replaced <<<"$stderr")" = 1 ]
}

@test "a handler that takes the first of many is found out" {
    zone <<<$'verify-timeout = 0.5\nchain = true'
    taking_first
    deploy example.test "$digest" "$digest2"
    status_is 4
    stderr_has "took only the first of the values of $name that it was told in one call"
    stderr_has "set chain = false"
}

@test "a handler that is told both in one call, and keeps one, is found out" {
    zone <<<$'verify-timeout = 0.5\nchain = true'
    replacing
    deploy example.test "$digest" "$digest2"
    status_is 4
    stderr_has "kept one of the values of $name that it was told in one call"
}

@test "a value of another client that was replaced is warned of; its client has an answer already" {
    zone </dev/null
    replacing
    setsid --wait "$acmehook" --from dehydrated deploy_challenge example.test t "$digest"
    deploy example.test "$digest2"
    status_is 0
    stderr_is "acmehook: WARNING: handler $PWD/hook replaced a value of $name that another client still needs; see replaces in acmehook.conf(5)"
}

@test "what was cleaned, or is older than an hour, is not missed" {
    zone </dev/null
    replacing
    deploy example.test "$digest"
    clean example.test "$digest"
    deploy example.test "$digest2"
    status_is 0
    sed -i "s/\"created\": [0-9]*/\"created\": $(($(date +%s) - 3700))/" state/*/*.json
    deploy example.test "$digest3"
    status_is 0
    stderr_is ""
}

# The handlers that come with acmehook: hooks/webroot, and hooks/nsupdate with a real name server.
load lib

webroot=$srcdir/hooks/webroot
nsupdate=$srcdir/hooks/nsupdate

have() {
    command -v "$1" >/dev/null
}

need() {
    have "$1" || skip "$1 is not installed"
}

setup_file() {
    if have named && have tsig-keygen && have dig && have nsupdate; then
        start_named
    fi
}

teardown_file() {
    local pid
    if pid=$(cat "$BATS_FILE_TMPDIR/named.pid" 2>/dev/null); then
        kill "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    fi
}

setup() {
    own_directory
    unset CHALLENGETYPE ACME_DIR WEBROOT
    unset "${!NSUPDATE_@}"
    export WEBROOT=$PWD/www
    mkdir "$WEBROOT"
    challenges=$WEBROOT/.well-known/acme-challenge
}

# --- both

@test "the hooks, and the scripts for acme.sh, are clean by shellcheck" {
    need shellcheck
    shellcheck -s sh "$srcdir/hooks/webroot" "$srcdir/hooks/nsupdate" "$srcdir"/hooks/acme.sh/*.sh
}

@test "both hooks explain themselves with --help" {
    for hook in webroot nsupdate; do
        run "$srcdir/hooks/$hook" --help
        [ "$status" -eq 0 ]
        [[ ${lines[0]} == "$hook: publishes "* ]]
        [[ $output == *"Usage: $hook deploy_challenge DOMAIN TOKEN VALUE"* ]]
        [[ $output == *"Exit status: "* ]]
        [[ $output != *"set -eu"* ]]
    done
}

@test "both hooks succeed silently for all other operations" {
    for hook in webroot nsupdate; do
        for operation in startup_hook exit_hook deploy_cert unchanged_cert generate_csr \
            this_hookscript_is_broken__dehydrated_is_working_fine__please_ignore_unknown_hooks_in_your_script; do
            run "$srcdir/hooks/$hook" "$operation" a b c
            [ "$status" -eq 0 ]
            [ -z "$output" ]
        done
    done
}

@test "both hooks refuse an option or nothing at all, rather than do nothing" {
    for hook in webroot nsupdate; do
        run "$srcdir/hooks/$hook"
        [ "$status" -eq 2 ]
        run "$srcdir/hooks/$hook" -t 5
        [ "$status" -eq 2 ]
    done
}

@test "both hooks refuse words that are not whole triples" {
    for hook in webroot nsupdate; do
        for words in "" "example.test" "example.test $token" "example.test $token $key_auth sub.example.test"; do
            # shellcheck disable=SC2086
            run "$srcdir/hooks/$hook" deploy_challenge $words
            [ "$status" -eq 2 ]
            [[ $output == *"needs DOMAIN TOKEN VALUE"* ]]
        done
    done
    [ -z "$(ls -A "$WEBROOT")" ]
}

# --- webroot

@test "webroot: writes exactly the key authorization, and removes it" {
    run "$webroot" deploy_challenge example.test "$token" "$key_auth"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    printf %s "$key_auth" | cmp - "$challenges/$token"
    run "$webroot" clean_challenge example.test "$token" "$key_auth"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ -z "$(ls -A "$challenges")" ]
}

@test "webroot: file and directories are readable by the web server, under umask 077" {
    (umask 077 && "$webroot" deploy_challenge example.test "$token" "$key_auth")
    [ "$(stat -c %a "$challenges/$token")" = 644 ]
    [ "$(stat -c %a "$challenges")" = 755 ]
    [ "$(stat -c %a "$WEBROOT/.well-known")" = 755 ]
}

@test "webroot: takes many triples, and tokens that begin with -" {
    "$webroot" deploy_challenge example.test "$token" "$key_auth" www.example.test -t "-t.$digest"
    printf %s "-t.$digest" | cmp - "$challenges/-t"
    "$webroot" clean_challenge example.test "$token" "$key_auth" www.example.test -t "-t.$digest"
    [ -z "$(ls -A "$challenges")" ]
}

@test "webroot: replaces the file of an earlier run, and leaves other files alone" {
    mkdir -p "$challenges"
    echo old >"$challenges/$token"
    echo other >"$challenges/other"
    "$webroot" deploy_challenge example.test "$token" "$key_auth"
    printf %s "$key_auth" | cmp - "$challenges/$token"
    "$webroot" clean_challenge example.test "$token" "$key_auth"
    [ "$(ls -A "$challenges")" = other ]
}

@test "webroot: cleaning what is not there succeeds" {
    run "$webroot" clean_challenge example.test "$token" "$key_auth"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "webroot: refuses tokens that are not base64url, and touches nothing" {
    echo precious >"$WEBROOT/precious"
    for bad in ../../precious .. . "" a/b "a b" 'a$b' a.b $'a\nb' ä; do
        for operation in deploy_challenge clean_challenge; do
            run "$webroot" "$operation" example.test "$bad" "$key_auth"
            [ "$status" -eq 2 ]
            [[ $output == *"outside base64url"* ]]
        done
    done
    run "$webroot" deploy_challenge example.test "$token" "$key_auth" example.test ../x "$key_auth"
    [ "$status" -eq 2 ]
    [ "$(ls -A "$WEBROOT")" = precious ]
}

@test "webroot: refuses dns-01 with a sentence" {
    run "$webroot" deploy_challenge example.test "$token" "$digest"
    [ "$status" -eq 2 ]
    [[ $output == *"looks like dns-01; this hook can only do http-01" ]]
    CHALLENGETYPE=dns-01 run "$webroot" deploy_challenge example.test "$token" "$key_auth"
    [ "$status" -eq 2 ]
    [[ $output == *"the challenge is dns-01"* ]]
    CHALLENGETYPE=http-01 run "$webroot" deploy_challenge example.test "$token" "$key_auth"
    [ "$status" -eq 0 ]
}

@test "webroot: refuses values that are no key authorization" {
    for bad in "$token." ".$token" "$token.a.b" "$token.<html>" "$key_auth "; do
        run "$webroot" deploy_challenge example.test "$token" "$bad"
        [ "$status" -eq 2 ]
        [[ $output == *"is not a key authorization"* ]]
    done
}

@test "webroot: a document root that is not there is an error that names it" {
    WEBROOT=$PWD/nowhere run "$webroot" deploy_challenge example.test "$token" "$key_auth"
    [ "$status" -eq 1 ]
    [[ $output == *"WEBROOT is $PWD/nowhere, which is not a directory"* ]]
    [ ! -e "$PWD/nowhere" ]
}

@test "webroot: ACME_DIR is the directory itself, and is made" {
    export ACME_DIR=$PWD/a/b
    "$webroot" deploy_challenge example.test "$token" "$key_auth"
    printf %s "$key_auth" | cmp - "$ACME_DIR/$token"
    [ -z "$(ls -A "$WEBROOT")" ]
    "$webroot" clean_challenge example.test "$token" "$key_auth"
    [ -z "$(ls -A "$ACME_DIR")" ]
}

@test "webroot: a relative directory, also one that begins with -" {
    mkdir -- -www
    WEBROOT=-www "$webroot" deploy_challenge example.test "$token" "$key_auth"
    [ -f "./-www/.well-known/acme-challenge/$token" ]
    ACME_DIR=-acme "$webroot" deploy_challenge example.test "$token" "$key_auth"
    [ -f "./-acme/$token" ]
}

@test "webroot: what cannot be written is an error, and none of the call is left" {
    mkdir -p "$challenges/taken"
    run "$webroot" deploy_challenge example.test "$token" "$key_auth" example.test taken "taken.$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"$challenges/taken is a directory; remove it"* ]]
    [ "$(ls -A "$challenges")" = taken ]
}

@test "webroot: a link in the place of the file is replaced, not followed" {
    mkdir -p "$challenges"
    echo precious >precious
    ln -s "$PWD/precious" "$challenges/$token"
    "$webroot" deploy_challenge example.test "$token" "$key_auth"
    [ "$(cat precious)" = precious ]
    [ ! -L "$challenges/$token" ]
}

# --- nsupdate

# start_named: the zones example.test, sub.example.test, and fixed.test (which takes no updates), on
# loopback. named cannot choose a port itself: others are tried until it can have one.
start_named() {
    cd "$BATS_FILE_TMPDIR"
    tsig-keygen good >good.key
    tsig-keygen good >wrong-secret.key
    tsig-keygen unknown >unknown.key
    tsig-keygen narrow >narrow.key
    local zone
    for zone in example.test sub.example.test fixed.test; do
        cat >"$zone.zone" <<END
\$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 30
@ NS ns
ns A 127.0.0.1
identity TXT "$BATS_FILE_TMPDIR"
_acme-challenge.alias CNAME elsewhere
END
    done
    while :; do
        port=$((20000 + RANDOM % 12000))
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
        cat >named.conf <<END
include "$BATS_FILE_TMPDIR/good.key";
include "$BATS_FILE_TMPDIR/narrow.key";
options {
    directory "$BATS_FILE_TMPDIR";
    listen-on port $port { 127.0.0.1; };
    listen-on-v6 { none; };
    pid-file none;
    session-keyfile none;
    recursion no;
    notify no;
    allow-transfer { any; };
};
controls { };
zone "example.test" {
    type primary;
    file "example.test.zone";
    update-policy {
        grant good zonesub TXT;
        grant narrow name _acme-challenge.narrow.example.test TXT;
    };
};
zone "sub.example.test" {
    type primary;
    file "sub.example.test.zone";
    update-policy { grant good zonesub TXT; };
};
zone "fixed.test" { type primary; file "fixed.test.zone"; };
END
        named -g -n 1 -c named.conf >named.log 2>&1 3>&- &
        echo $! >named.pid
        await_named && break
        kill "$(cat named.pid)" 2>/dev/null || :
        wait
    done
    echo "$port" >port
}

await_named() {
    local deadline=$((SECONDS + 20))
    while ((SECONDS < deadline)); do
        kill -0 "$(cat named.pid)" 2>/dev/null || return
        if [ "$(ask identity.example.test)" = "\"$BATS_FILE_TMPDIR\"" ]; then
            return 0
        fi
        sleep 0.05
    done
    cat named.log >&2
    return 1
}

# ask NAME: its TXT values, sorted
ask() {
    dig +short +time=1 +tries=1 -p "$port" @127.0.0.1 TXT "$1" 2>/dev/null | grep -v '^;' | sort
}

need_named() {
    need named
    need tsig-keygen
    need dig
    need nsupdate
    port=$(cat "$BATS_FILE_TMPDIR/port")
    export NSUPDATE_SERVER="127.0.0.1#$port" NSUPDATE_KEY=$BATS_FILE_TMPDIR/good.key
}

# holds NAME VALUE...: these and no others
holds() {
    local name=$1
    shift
    [ "$(ask "$name")" = "$([ $# -eq 0 ] || printf '"%s"\n' "$@" | sort)" ]
}

@test "nsupdate: adds and removes single values; others at the name stay" {
    need_named
    name=_acme-challenge.example.test
    run "$nsupdate" deploy_challenge example.test "$token" "$digest"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    holds $name "$digest"
    "$nsupdate" deploy_challenge example.test "$token" "$digest3"
    holds $name "$digest" "$digest3"
    "$nsupdate" clean_challenge example.test "$token" "$digest"
    holds $name "$digest3"
    run "$nsupdate" clean_challenge example.test "$token" "$digest3"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    holds $name
}

@test "nsupdate: the TTL is 60, or NSUPDATE_TTL" {
    need_named
    "$nsupdate" deploy_challenge ttl.example.test "$token" "$digest"
    dig +noall +answer -p "$port" @127.0.0.1 TXT _acme-challenge.ttl.example.test | grep -w 60
    "$nsupdate" clean_challenge ttl.example.test "$token" "$digest"
    NSUPDATE_TTL=1 "$nsupdate" deploy_challenge ttl.example.test "$token" "$digest"
    dig +noall +answer -p "$port" @127.0.0.1 TXT _acme-challenge.ttl.example.test | grep -w 1
}

@test "nsupdate: values and tokens that begin with -" {
    need_named
    "$nsupdate" deploy_challenge dash.example.test -- "$digest2"
    holds _acme-challenge.dash.example.test "$digest2"
    "$nsupdate" clean_challenge dash.example.test -- "$digest2"
    holds _acme-challenge.dash.example.test
}

@test "nsupdate: many triples, in several zones, in one call" {
    need_named
    triples=(many.example.test a "$digest" many.example.test b "$digest3" www.sub.example.test c "$digest2")
    "$nsupdate" deploy_challenge "${triples[@]}"
    holds _acme-challenge.many.example.test "$digest" "$digest3"
    holds _acme-challenge.www.sub.example.test "$digest2"
    "$nsupdate" clean_challenge "${triples[@]}"
    holds _acme-challenge.many.example.test
    holds _acme-challenge.www.sub.example.test
}

@test "nsupdate: all values of one zone come in one update" {
    need_named
    handler fake <<'END'
#!/bin/sh
cat >>updates
END
    NSUPDATE_PROGRAM=./fake "$nsupdate" deploy_challenge \
        a.example.test t "$digest" b.sub.example.test t "$digest" c.example.test t "$digest"
    run -0 cat updates
    [ "$(grep -c '^send' <<<"$output")" -eq 2 ]
    [ "$(sed -n '/^zone example.test/,/^send/p' <<<"$output" | grep -c '^update add')" -eq 2 ]
}

@test "nsupdate: a name with *. in front and a dot behind is that name" {
    need_named
    "$nsupdate" deploy_challenge '*.star.example.test.' "$token" "$digest"
    holds _acme-challenge.star.example.test "$digest"
}

@test "nsupdate: cleaning what is not there succeeds" {
    need_named
    run "$nsupdate" clean_challenge nothing.example.test "$token" "$digest"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "nsupdate: NSUPDATE_ZONE is not looked for" {
    need_named
    NSUPDATE_ZONE=example.test. "$nsupdate" deploy_challenge given.example.test "$token" "$digest"
    holds _acme-challenge.given.example.test "$digest"
    NSUPDATE_ZONE=sub.example.test run "$nsupdate" deploy_challenge given.example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"NOTZONE"*"the name is not in the zone sub.example.test."* ]]
}

@test "nsupdate: a challenge name that is a CNAME is refused, NSUPDATE_NAME names its target" {
    need_named
    run "$nsupdate" deploy_challenge alias.example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"is a CNAME to elsewhere.example.test.; set NSUPDATE_NAME"* ]]
    export NSUPDATE_NAME=elsewhere.example.test
    "$nsupdate" deploy_challenge alias.example.test "$token" "$digest"
    holds elsewhere.example.test "$digest"
    "$nsupdate" clean_challenge alias.example.test "$token" "$digest"
    holds elsewhere.example.test
}

@test "nsupdate: a wrong key fails, with the server's error and what to do" {
    need_named
    for case in "wrong-secret BADSIG the secret in NSUPDATE_KEY=" "unknown BADKEY the server does not know this key"; do
        read -r key code remedy <<<"$case"
        NSUPDATE_KEY=$BATS_FILE_TMPDIR/$key.key run "$nsupdate" deploy_challenge key.example.test "$token" "$digest"
        [ "$status" -eq 1 ]
        [[ $output == *"$code"*"$remedy"* ]]
        holds _acme-challenge.key.example.test
    done
}

@test "nsupdate: an update that is not allowed fails, with what to do" {
    need_named
    NSUPDATE_KEY='' run "$nsupdate" deploy_challenge allow.example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"REFUSED"*"without a key (NSUPDATE_KEY)"*"update-policy"* ]]
    NSUPDATE_KEY=$BATS_FILE_TMPDIR/narrow.key run "$nsupdate" deploy_challenge allow.example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"REFUSED"*"the key in NSUPDATE_KEY="*"update-policy"* ]]
}

@test "nsupdate: a key file that is missing or no key fails, with what to do" {
    need_named
    NSUPDATE_KEY=./nokey run "$nsupdate" deploy_challenge a.example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"cannot read NSUPDATE_KEY=./nokey"* ]]
    echo nonsense >nonsense
    NSUPDATE_KEY=nonsense run "$nsupdate" deploy_challenge a.example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"NSUPDATE_KEY=nonsense is not a key file"* ]]
}

@test "nsupdate: if one zone refuses, what the call added to the others is taken back" {
    need_named
    run "$nsupdate" deploy_challenge back.example.test t "$digest" back.fixed.test t "$digest3"
    [ "$status" -eq 1 ]
    holds _acme-challenge.back.example.test
}

@test "nsupdate: a server that does not have the zone, and one that is not there" {
    need_named
    run "$nsupdate" deploy_challenge example.invalid "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"cannot find the zone of _acme-challenge.example.invalid"*"REFUSED"* ]]
    # a port below 1024 that nobody has
    export NSUPDATE_SERVER=127.0.0.1#1
    run "$nsupdate" deploy_challenge example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"cannot find the zone of _acme-challenge.example.test: 127.0.0.1#1"* ]]
    NSUPDATE_ZONE=example.test run "$nsupdate" deploy_challenge example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"the server does not answer; is NSUPDATE_SERVER right"* ]]
}

@test "nsupdate: the secret is in no argument" {
    need_named
    handler fake <<'END'
#!/bin/sh
printf '%s\n' "$@" >>words
END
    NSUPDATE_PROGRAM=./fake "$nsupdate" deploy_challenge example.test "$token" "$digest"
    secret=$(sed -n 's/.*secret "\(.*\)".*/\1/p' "$NSUPDATE_KEY")
    [ -n "$secret" ]
    grep -qxF -e "$NSUPDATE_KEY" words
    ! grep -qF -e "$secret" words
}

@test "nsupdate: refuses http-01, and names and values that nsupdate could trip over" {
    run "$nsupdate" deploy_challenge example.test "$token" "$key_auth"
    [ "$status" -eq 2 ]
    [[ $output == *"looks like http-01; this hook can only do dns-01" ]]
    CHALLENGETYPE=http-01 run "$nsupdate" deploy_challenge example.test "$token" "$digest"
    [ "$status" -eq 2 ]
    [[ $output == *"the challenge is http-01"* ]]
    for bad in '' . -x.test 'a b.test' $'a.test\nsend' 'a..test' 'a;b.test' '*.' 'a"b.test'; do
        run "$nsupdate" deploy_challenge "$bad" "$token" "$digest"
        [ "$status" -eq 2 ]
        [[ $output == *"is not a domain name"* ]]
    done
    for bad in '' 'a b' 'a"b' $'a\nb' 'a\b' 'a$(id)'; do
        run "$nsupdate" deploy_challenge example.test "$token" "$bad"
        [ "$status" -eq 2 ]
        [[ $output == *"is not one that dns-01 has"* ]]
    done
}

@test "nsupdate: refuses settings that are none" {
    for bad in NSUPDATE_SERVER='a b' NSUPDATE_SERVER='127.0.0.1#x' NSUPDATE_SERVER=-h NSUPDATE_TTL=1m \
        NSUPDATE_TIMEOUT=-1 NSUPDATE_ZONE=$'a\nb' NSUPDATE_NAME='a b'; do
        run env "$bad" "$nsupdate" deploy_challenge example.test "$token" "$digest"
        [ "$status" -ne 0 ]
        [[ $output == *"${bad%%=*}"* ]]
    done
}

@test "nsupdate: knsupdate does it, too" {
    need_named
    need knsupdate
    awk -F '"' '/^key/ { name = $2 } /secret/ { print "hmac-sha256:" name ":" $2 }' "$NSUPDATE_KEY" >knot.key
    export NSUPDATE_PROGRAM=knsupdate NSUPDATE_KEY=knot.key
    "$nsupdate" deploy_challenge knot.example.test "$token" "$digest" knot.example.test "$token" "$digest2"
    holds _acme-challenge.knot.example.test "$digest" "$digest2"
    "$nsupdate" clean_challenge knot.example.test "$token" "$digest"
    holds _acme-challenge.knot.example.test "$digest2"
    NSUPDATE_KEY='' run "$nsupdate" deploy_challenge knot.example.test "$token" "$digest"
    [ "$status" -eq 1 ]
    [[ $output == *"REFUSED"*"update-policy"* ]]
}

@test "both hooks run under dash and busybox sh" {
    need_named
    ran=
    for shell in dash "busybox sh"; do
        have "${shell%% *}" || continue
        ran=yes
        $shell "$nsupdate" deploy_challenge shell.example.test "$token" "$digest" www.sub.example.test "$token" "$digest2"
        holds _acme-challenge.shell.example.test "$digest"
        $shell "$nsupdate" clean_challenge shell.example.test "$token" "$digest" www.sub.example.test "$token" "$digest2"
        holds _acme-challenge.shell.example.test
        $shell "$webroot" deploy_challenge example.test "$token" "$key_auth"
        printf %s "$key_auth" | cmp - "$challenges/$token"
        $shell "$webroot" clean_challenge example.test "$token" "$key_auth"
        [ ! -e "$challenges/$token" ]
    done
    [ -n "$ran" ] || skip "neither dash nor busybox is installed"
}

@test "nsupdate: called by acmehook, and verified at the server" {
    need_named
    config <<END
handler = "$nsupdate"
authority = { "127.0.0.1#$port" }
verify-timeout = 10
env = { "NSUPDATE_KEY=$NSUPDATE_KEY", "NSUPDATE_SERVER=$NSUPDATE_SERVER" }
END
    unset NSUPDATE_KEY NSUPDATE_SERVER
    run "$acmehook" --from dehydrated deploy_challenge hook.example.test "$token" "$digest" \
        hook.example.test "$token" "$digest2"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    holds _acme-challenge.hook.example.test "$digest" "$digest2"
    "$acmehook" --from dehydrated clean_challenge hook.example.test "$token" "$digest" \
        hook.example.test "$token" "$digest2"
    holds _acme-challenge.hook.example.test
}

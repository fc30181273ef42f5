# The environment of handlers, and whom they run as.
load lib

go() {
    run --separate-stderr "$acmehook" --verify off -H "$PWD/hook" "$@" deploy_challenge example.test "$token" "$digest"
}

root_only() {
    [ "$(id -u)" = 0 ] || skip "needs root"
}

@test "what the client exports arrives, what is for service managers does not" {
    recorder hook
    PROVIDER=x KEYDIR=/keys NOTIFY_SOCKET=/run/n LISTEN_FDS=1 LISTEN_PID=1 WATCHDOG_USEC=1 go
    status_is 0
    grep -qx PROVIDER=x hook.env
    grep -qx KEYDIR=/keys hook.env
    run ! grep -E '^(NOTIFY_SOCKET|LISTEN_|WATCHDOG_)' hook.env
}

@test "root's handlers do not get what changes the programs they run, unless it is configured" {
    recorder hook
    dangers=(LD_PRELOAD=/nowhere/x.so LD_LIBRARY_PATH=/nowhere BASH_ENV=/nowhere/rc ENV=/nowhere/rc IFS=x
        'BASH_FUNC_printf%%=() { :; }' PYTHONPATH=/nowhere PERL5LIB=/nowhere PS4=x SHELLOPTS=posix SSLKEYLOGFILE=/nowhere)
    run --separate-stderr env "${dangers[@]:2}" LD_BIND_NOW=1 PYTHONUNBUFFERED=1 \
        "$acmehook" --verify off -H "$PWD/hook" deploy_challenge example.test "$token" "$digest"
    if [ "$(id -u)" = 0 ]; then
        status_is 0
        for danger in "${dangers[@]}" LD_BIND_NOW; do
            run ! grep -F "${danger%%=*}=" <(grep -v '^\(SHELLOPTS\|IFS\)=' hook.env)
        done
        grep -qx PYTHONUNBUFFERED=1 hook.env
        run -0 --separate-stderr env "${dangers[@]:2}" "$acmehook" --verbose explain -H "$PWD/hook" deploy_challenge example.test "$token" "$digest"
        grep -qx 'unset:    PYTHONPATH (not for handlers)' <<<"$output"
        [[ $output != */nowhere* ]]
    fi
    config <<<'env = { "PYTHONPATH=/configured" }'
    PYTHONPATH=/nowhere go
    status_is 0
    grep -qx PYTHONPATH=/configured hook.env
}

@test "acmehook(1) lists what is not passed on" {
    sed -n '/^static const char \*const \(for_us_alone\|dangerous\)/,/^};/s/^ *"\(.*\)",/\1/p' "$srcdir/src/handlers/environment.c" | sort >names
    [ "$(wc -l <names)" -gt 20 ]
    sed -n '/^\.Sh SECURITY/,$s/^\.Pq Ev \(.*\) ;*\.*$/\1/p; /^\.Sh SECURITY/,$s/^\.Pq Ev \(.*[A-Z*]\)$/\1/p' "$srcdir/man/acmehook.1" |
        sed 's/ [;.]$//' | tr ' ,' '\n\n' | grep . | sort -u | diff -u names -
}

@test "there is always a PATH" {
    handler hook <<'EOF'
#!/bin/bash
env | grep ^PATH= >path
EOF
    run --separate-stderr env -u PATH "$acmehook" --verify off -H "$PWD/hook" deploy_challenge example.test "$token" "$digest"
    status_is 0
    file_is path <<<"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    PATH=$PATH:/mine go
    status_is 0
    file_is path <<<"PATH=$PATH:/mine"
}

@test "env-file: names, values, quotes, comments; env wins over it" {
    recorder hook
    config <<EOF
handler = "$PWD/hook"
verify = "off"
env-file = "$PWD/secrets"
match "b.test" {
    env-file = "$PWD/others"
    env = { "TOKEN=from env" }
}
EOF
    cat >secrets <<'EOF'
# for the provider

TOKEN=s3cr=et # this too
QUOTED="two words"
SINGLE='$HOME "x"'
HALF="x
export EXPORTED=1
EMPTY=
EOF
    printf 'TOKEN=other\r\nWINDOWS=1\r\nLAST=yes' >others
    chmod 600 secrets others
    TOKEN=client run --separate-stderr "$acmehook" --from dehydrated deploy_challenge a.test t "$digest"
    status_is 0
    grep -E '^(TOKEN|QUOTED|SINGLE|HALF|EXPORTED|EMPTY)=' hook.env | file_is <(cat <<'EOF'
EMPTY=
EXPORTED=1
HALF="x
QUOTED=two words
SINGLE=$HOME "x"
TOKEN=s3cr=et # this too
EOF
)
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge b.test t "$digest"
    status_is 0
    grep -E '^(TOKEN|WINDOWS|LAST)=' hook.env | file_is <(printf '%s\n' LAST=yes "TOKEN=from env" WINDOWS=1)
}

@test "env-file: what is wrong with it, without its values" {
    recorder hook
    echo TOP-SECRET >secrets
    bad() { # SENTENCE
        go --env-file "$PWD/secrets"
        status_is 2
        stderr_is "acmehook: deploy_challenge example.test: $1"
        [ ! -e hook.calls ]
    }
    chmod 600 secrets
    bad "$PWD/secrets:1: is not NAME=VALUE"
    printf 'A=1\n1B=TOP-SECRET\n' >secrets
    bad "$PWD/secrets:2: is not NAME=VALUE"
    printf 'A=TOP\0SECRET\n' >secrets
    bad "$PWD/secrets:1: has a NUL"
    echo 'A=TOP-SECRET' >secrets
    chmod 644 secrets
    bad "env-file $PWD/secrets: it can be read by everyone; try: chmod o-r $PWD/secrets"
    chmod 602 secrets
    bad "env-file $PWD/secrets: it can be written to by everyone; try: chmod o-w $PWD/secrets"
    rm secrets
    bad "env-file $PWD/secrets: No such file or directory"
    mkdir secrets
    bad "env-file $PWD/secrets: Is a directory"
    config <<<'env-file = "secrets"'
    go
    status_is 2
    stderr_has 'env-file: "secrets" is not an absolute path'
}

@test "secrets of env and env-file are never printed" {
    handler hook <<'EOF'
#!/bin/sh
[ "$A$B" = hush-ahush-b ] || exit 0
echo "both are here"; exit 3
EOF
    echo B=hush-b >secrets
    chmod 600 secrets
    config <<EOF
handler = "$PWD/hook"
env-file = "$PWD/secrets"
env = { "A=hush-a" }
verify = "off"
EOF
    words=(deploy_challenge example.test "$token" "$digest")
    for format in text json; do
        run --separate-stderr "$acmehook" --verbose --format "$format" "${words[@]}"
        status_is 1
        [[ $output$stderr == *"both are here"* && $output$stderr != *hush* ]]
        run -0 --separate-stderr "$acmehook" --verbose --format "$format" explain "${words[@]}"
        [[ $output$stderr != *hush* ]]
    done
    grep -qx 'env:      A=(hidden)' <<<"$output"
    grep -qx "env:      B=(hidden) from $PWD/secrets" <<<"$output"
    run --separate-stderr "$acmehook" --verbose run <<<"{\"cmd\": \"perform_challenge\", \"type\": \"dns-01\", \"domain\": \"example.test\", \"token\": \"$token\", \"validation\": \"$digest\"}"
    [[ $output == *"both are here"* && $output$stderr != *hush* ]]
}

@test "user: another user with his groups, his home, and his rights" {
    root_only
    id daemon >/dev/null || skip "there is no user daemon"
    public=$(mktemp -d) # bats' own directory is closed to others
    chmod 755 "$public"
    mkdir "$public/work"
    chown daemon "$public/work"
    handler "$public/hook" <<'EOF'
#!/bin/bash
{
    id -u; id -g; id -G
    echo "$HOME $USER $LOGNAME"
    grep -E "^(CapEff|CapPrm|SigBlk)" /proc/self/status
    # 32 and 33 are the C library's own: nobody can set them
    echo $((0x$(sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status) & 0x7fffffff))
    pwd; umask
    ls /proc/$$/fd >fds; grep -x . fds | tr '\n' ' '; echo # above 9 are bash's own
    awk '{print $6 == $1}' /proc/$$/stat
} >seen
echo one >/dev/stderr && echo two >/dev/stdout
cat /etc/shadow
exit 4
EOF
    run --separate-stderr "$acmehook" --user daemon --cwd "$public/work" --umask 027 --verify off -H "$public/hook" \
        deploy_challenge example.test "$token" "$digest"
    cp "$public/work/seen" seen || :
    rm -r "$public"
    status_is 1
    stderr_has "failed with exit status 4"
    stderr_has "   one"
    stderr_has "   two"
    stderr_has "/etc/shadow: Permission denied"
    home=$(getent passwd daemon | cut -d : -f 6)
    file_is seen <<EOF
$(id -u daemon)
$(id -g daemon)
$(id -G daemon)
$home daemon daemon
SigBlk:	0000000000000000
CapPrm:	0000000000000000
CapEff:	0000000000000000
0
$public/work
0027
0 1 2 
1
EOF
}

@test "user: what can be wrong with it" {
    recorder hook
    go --user no-such-user
    status_is 2
    stderr_is 'acmehook: deploy_challenge example.test: user: "no-such-user" is no user of this system'
    if name=$(id -un 2>/dev/null); then
        go --user "$name"
        status_is 0
    fi
    root_only
    id daemon >/dev/null || skip "there is no user daemon"
    go --user daemon # may not go into bats' directory
    status_is 2
    stderr_has "$PWD/hook: user daemon must not execute it, or not reach it; try: namei -l $PWD/hook"
    rm hook
    go --user daemon
    stderr_has "$PWD/hook: no such file; correct its path"
}

@test "user: only root can become another user" {
    [ "$(id -u)" != 0 ] || command -v setpriv >/dev/null || skip "needs setpriv"
    as=()
    [ "$(id -u)" != 0 ] || as=(setpriv --reuid 12345 --regid 12345 --clear-groups)
    state=$(mktemp -d) # bats' own directory is closed to others
    [ "$(id -u)" != 0 ] || chown 12345 "$state"
    run --separate-stderr "${as[@]}" "$acmehook" -c /dev/null --state "$state" --verify off --user root -H /bin/true deploy_challenge example.test "$token" "$digest"
    status_is 2
    rm -r "$state"
    stderr_is 'acmehook: deploy_challenge example.test: user: cannot become "root": only root can become another user'
}

# What others can write to is not believed: handlers, the configuration, files of variables.
load lib

setup() {
    own_directory
    umask 022
    mkdir etc
    recorder etc/hook
    config </dev/null
    # somebody who is neither root nor we
    other=12345
}

go() {
    run --separate-stderr "$acmehook" --verify off -H "$PWD/etc/hook" "$@" deploy_challenge example.test "$token" "$digest"
}

# refused SENTENCE [OPTION...]: exit status 2, and nothing is called
refused() {
    local sentence=$1
    shift
    rm -f etc/hook.calls
    go "$@"
    status_is 2
    stderr_is "acmehook: $sentence"
    [ ! -e etc/hook.calls ]
}
event="deploy_challenge example.test: "

root_only() {
    [ "$(id -u)" = 0 ] || skip "only root can give files away"
}

teardown() {
    [ -z "${public-}" ] || rm -rf "$public"
}

@test "a handler that everyone, or a group, can write to is refused" {
    go
    status_is 0
    chmod 757 etc/hook
    refused "${event}handler $PWD/etc/hook: it can be written to by everyone; try: chmod o-w $PWD/etc/hook"
    chmod 755 etc/hook
    root_only
    chgrp "$other" etc/hook
    chmod 775 etc/hook
    refused "${event}handler $PWD/etc/hook: it can be written to by group $other; try: chmod g-w $PWD/etc/hook"
    chgrp root etc/hook
    refused "${event}handler $PWD/etc/hook: it can be written to by group root; try: chmod g-w $PWD/etc/hook"
}

@test "so is one in a directory that others can write to, at any height" {
    mkdir etc/deep
    cp etc/hook etc/deep/hook
    chmod o+w etc
    refused "${event}handler $PWD/etc/deep/hook: directory $PWD/etc can be written to by everyone; try: chmod o-w $PWD/etc" -H "$PWD/etc/deep/hook"
    refused "${event}handler etc/deep/hook: directory $PWD/etc can be written to by everyone; try: chmod o-w $PWD/etc" -H etc/deep/hook
}

@test "a sticky directory will do for what is ours, not for what belongs to others" {
    mkdir shared
    chmod 1777 shared
    cp etc/hook shared/hook
    go -H "$PWD/shared/hook"
    status_is 0
    root_only
    chown "$other" shared/hook
    refused "${event}handler $PWD/shared/hook: it belongs to user $other; try: chown root $PWD/shared/hook" -H "$PWD/shared/hook"
    ln -s "$PWD/etc/hook" shared/link
    go -H "$PWD/shared/link"
    status_is 0
    chown -h "$other" shared/link
    refused "${event}handler $PWD/shared/link: it belongs to user $other; try: chown -h root $PWD/shared/link" -H "$PWD/shared/link"
}

@test "symbolic links are followed, and where they lead is looked at" {
    mkdir open etc/bin
    cp etc/hook open/hook
    ln -s ../../open/hook etc/bin/hook
    ln -s bin etc/sbin
    go -H "$PWD/etc/sbin/hook"
    status_is 0
    chmod o+w open
    refused "${event}handler $PWD/etc/sbin/hook: directory $PWD/open can be written to by everyone; try: chmod o-w $PWD/open" -H "$PWD/etc/sbin/hook"
    # a circle ends
    ln -s round etc/round
    go -H "$PWD/etc/round"
    status_is 2
    stderr_has "Too many levels of symbolic links"
}

@test "what belongs to somebody else is refused" {
    root_only
    chown "$other" etc/hook
    refused "${event}handler $PWD/etc/hook: it belongs to user $other; try: chown root $PWD/etc/hook"
    chown 0 etc/hook
    mkdir "etc/it's"
    cp etc/hook "etc/it's/hook"
    chown "$other" "etc/it's"
    refused "${event}handler $PWD/etc/it's/hook: directory $PWD/etc/it's belongs to user $other; try: chown root '$PWD/etc/it'\\''s'" -H "$PWD/etc/it's/hook"
}

@test "so is the interpreter of a handler" {
    cp /bin/sh etc/myshell
    printf '#! %s -e\necho called >"$0.calls"\n' "$PWD/etc/myshell" | handler etc/hook
    go
    status_is 0
    chmod o+w etc/myshell
    refused "${event}handler $PWD/etc/hook: $PWD/etc/myshell can be written to by everyone; try: chmod o-w $PWD/etc/myshell"
}

@test "so is a script that a shell is given, in the dialects that have one" {
    echo 'dns_hook_add() { echo called >called; }' >etc/dns_hook.sh
    chmod o+w etc/dns_hook.sh
    refused "${event}handler $PWD/etc/dns_hook.sh: it can be written to by everyone; try: chmod o-w $PWD/etc/dns_hook.sh" \
        -t acme.sh -H "$PWD/etc/dns_hook.sh"
    run -0 "$acmehook" explain -t acme.sh -H "$PWD/etc/dns_hook.sh" deploy_challenge example.test "$token" "$digest"
    grep -qxF "fault:    handler $PWD/etc/dns_hook.sh: it can be written to by everyone; try: chmod o-w $PWD/etc/dns_hook.sh" <<<"$output"
}

@test "so is a FIFO or a socket, in the place of a handler" {
    mkfifo etc/in etc/out
    told() { # SENTENCE OPTION...: it is not told to anybody
        local sentence=$1
        shift
        run --separate-stderr "$acmehook" --verify off --to json "$@" --from dehydrated deploy_challenge example.test "$token" "$digest"
        status_is 2
        stderr_has "$sentence"
    }
    exec {keep}<>etc/out
    # one that is ours is talked to; nobody answers
    run --separate-stderr "$acmehook" --verify off --to json --channel "fifo:$PWD/etc/in,$PWD/etc/out" --timeout 0.2 \
        --from dehydrated deploy_challenge example.test "$token" "$digest"
    status_is 5
    chmod o+w etc/in
    told "channel $PWD/etc/in: it can be written to by everyone; try: chmod o-w $PWD/etc/in" --channel "fifo:$PWD/etc/in,$PWD/etc/out"
    chmod o-w etc/in
    chmod o+w etc
    told "channel $PWD/etc/in: directory $PWD/etc can be written to by everyone; try: chmod o-w $PWD/etc" --channel "fifo:$PWD/etc/in,$PWD/etc/out"
    exec {keep}>&-
    chmod o-w etc

    # somebody listens at a socket
    "$acmehook" --listen "unix:$PWD/etc/socket" run 3>&- &
    peer=$!
    until [ -S etc/socket ]; do sleep 0.05; done
    chmod 666 etc/socket
    run --separate-stderr "$acmehook" --verify off --to json --channel "unix:$PWD/etc/socket" \
        --from dehydrated clean_challenge example.test "$token" "$digest"
    status_is 0
    if [ "$(id -u)" = 0 ]; then
        chown "$other" etc/socket
        told "channel $PWD/etc/socket: it belongs to user $other; try: chown root $PWD/etc/socket" --channel "unix:$PWD/etc/socket"
        chown root etc/socket
    fi
    chmod o+w etc
    told "channel $PWD/etc/socket: directory $PWD/etc can be written to by everyone" --channel "unix:$PWD/etc/socket"
    kill "$peer"
    wait "$peer" || :
}

# An ACL that lets somebody write shows in the mode: its mask is what the mode says of the group.
@test "so is what an ACL lets others write to" {
    command -v setfacl >/dev/null || skip "acl is not installed"
    setfacl -m "u:$other:rw" etc/hook 2>/dev/null || skip "there are no ACLs on this file system"
    [ "$(stat -c %A etc/hook)" = -rwxrwxr-x ]
    refused "${event}handler $PWD/etc/hook: it can be written to by group $(id -gn); try: chmod g-w $PWD/etc/hook"
    # the remedy is one for ACLs, too
    chmod g-w etc/hook
    getfacl -p etc/hook | grep -q '^mask::r'
    go
    status_is 0
    setfacl -m "g:$other:rwx" etc
    refused "${event}handler $PWD/etc/hook: directory $PWD/etc can be written to by group $(id -gn); try: chmod g-w $PWD/etc"
    # what new files would get is of no matter
    setfacl -b etc
    setfacl -d -m "u:$other:rwx" etc
    go
    status_is 0
}

@test "explain says what would be refused" {
    go explain
    status_is 0
    [[ $output != *fault:* ]]
    chmod o+w etc/hook
    go explain
    status_is 0
    grep -qxF "fault:    handler $PWD/etc/hook: it can be written to by everyone; try: chmod o-w $PWD/etc/hook" <<<"$output"
    rm etc/hook
    go explain
    grep -qxF "fault:    $PWD/etc/hook: no such file; correct its path" <<<"$output"
}

@test "the configuration is read only if it is ours" {
    mv acmehook.conf etc/
    ACMEHOOK_CONFIG=$PWD/etc/acmehook.conf
    chmod o+w etc/acmehook.conf
    refused "configuration $PWD/etc/acmehook.conf: it can be written to by everyone; try: chmod o-w $PWD/etc/acmehook.conf"
    chmod o-w etc/acmehook.conf
    chmod o+w etc
    refused "configuration $PWD/etc/acmehook.conf: directory $PWD/etc can be written to by everyone; try: chmod o-w $PWD/etc"
    chmod o-w etc
    # neither is a file of somebody's
    ACMEHOOK_CONFIG=/dev/null go
    status_is 0
    run --separate-stderr bash -c "'$acmehook' -c <(echo 'verify = off') -H '$PWD/etc/hook' deploy_challenge example.test $token $digest"
    status_is 0
}

@test "the journal is kept only where nobody else can write" {
    mkdir open
    chmod o+w open
    export ACMEHOOK_STATE=$PWD/open/state
    refused "${event}state $PWD/open/state: directory $PWD/open can be written to by everyone; try: chmod o-w $PWD/open"
}

@test "the verifier is started only if it is ours" {
    cp "$builddir/acmehook-verify" etc/verifier
    chmod o+w etc/verifier
    run --separate-stderr "$acmehook" --verifier "$PWD/etc/verifier" --verify-timeout 1 verify dns-01 example.test "$digest"
    status_is 6
    [[ $output == *"the verifier cannot be started: verifier $PWD/etc/verifier: it can be written to by everyone; try: chmod o-w $PWD/etc/verifier"* ]]
}

@test "who is not root believes root and himself, and nobody else" {
    root_only
    command -v setpriv >/dev/null || skip "needs setpriv"
    public=$(mktemp -d) # bats' own directory is closed to others
    mkdir "$public/etc" "$public/home" "$public/state"
    cp etc/hook "$public/etc/hook"
    cp etc/hook "$public/home/hook"
    chown -R 54321 "$public/home" "$public/state"
    chmod -R 755 "$public"
    cd "$public"
    as_other() { # HANDLER
        run --separate-stderr setpriv --reuid "${uid:-54321}" --regid "${gid:-54321}" --clear-groups \
            "$acmehook" -c /dev/null --state "$public/state" --verify off -H "$1" deploy_challenge example.test "$token" "$digest"
    }
    as_other "$public/home/hook"
    status_is 0
    [ -s home/hook.calls ]
    as_other "$public/etc/hook"
    status_is 1 # called; it cannot write its record there
    stderr_has "Permission denied"
    chown "$other" home/hook
    as_other "$public/home/hook"
    status_is 2
    stderr_has "handler $public/home/hook: it belongs to user $other; try: chown"
    chown 54321 home/hook
    chmod 775 home/hook
    as_other "$public/home/hook"
    status_is 2
    stderr_has "handler $public/home/hook: it can be written to by group"
    # a group that is a user's own is no other
    uid=$(id -u daemon) gid=$(id -g daemon)
    [ "$(getent group "$gid")" = "daemon:x:$gid:" ] || skip "daemon has no group of its own here"
    chown -R daemon:daemon home state
    as_other "$public/home/hook"
    status_is 0
}

@test "who could replace acmehook itself is believed" {
    root_only
    mkdir his
    cp "$acmehook" his/acmehook
    cp etc/hook his/hook
    chown -R "$other" his
    refused "${event}handler $PWD/his/hook: directory $PWD/his belongs to user $other; try: chown root $PWD/his" -H "$PWD/his/hook"
    acmehook=$PWD/his/acmehook go -H "$PWD/his/hook"
    status_is 0
    # but nobody else is
    chown 999 his/hook
    acmehook=$PWD/his/acmehook go -H "$PWD/his/hook"
    status_is 2
}

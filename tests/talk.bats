# Handlers that are no programs: the JSON mode and the manual mode of certbot-external-auth.
load lib
load fakedns

dns_event='{ "cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "token": "'$token'", "validation": "'$digest'", "txt_domain": "_acme-challenge.example.test" }'
dns_cleanup='{ "cmd": "cleanup", "type": "dns-01", "status": "pending", "domain": "example.test", "token": "'$token'", "validation": "'$digest'", "validated": null, "error": null }'

teardown() {
    exec 7>&- 8>&-
}

# client WORD...: acmehook as the client that has these words starts it; we are at the other end of
# its standard input and output
client() {
    # no coprocess: bash forgets what one has said when it ends
    rm -f said heard
    mkfifo said heard
    [ -z "${out-}" ] || exec {out}>&- {in}<&-
    "$acmehook" "$@" <heard >said 2>stderr 3>&- &
    pid=$!
    exec {out}>heard {in}<said
}
hears() { # TEXT: the next line of the client
    local line
    read -r -t 20 line <&"$in"
    [ "$line" = "$1" ] || { printf 'heard %s\ninstead of %s\n' "$line" "$1"; return 1; }
}
ends_with() { # STATUS
    local status=0
    wait "$pid" || status=$?
    [ "$status" = "$1" ] || { echo "status $status instead of $1"; cat stderr; return 1; }
}

@test "the conversation of certbot-external-auth's README, dns-01: a newline says that it is done" {
    client --verify off --from dehydrated deploy_challenge example.test "$token" "$digest"
    hears "$dns_event"
    kill -0 "$pid" # it waits
    echo >&"$out"
    ends_with 0
    [ ! -s stderr ]
    # a cleanup is told, and nothing is waited for
    client --verify off --from dehydrated clean_challenge example.test "$token" "$digest"
    hears "$dns_cleanup"
    ends_with 0
}

@test "the same for http-01: with the address and a command" {
    client --verify off --from dehydrated deploy_challenge example.test "$token" "$key_auth"
    read -r -t 20 line <&"$in"
    [ "$(jq -c 'keys_unsorted' <<<"$line")" = '["cmd","type","domain","token","validation","uri","command","key_auth"]' ]
    jq -e --arg t "$token" --arg k "$key_auth" '.type == "http-01" and .validation == $k and .key_auth == $k and .token == $t
        and .uri == "http://example.test/.well-known/acme-challenge/" + $t' <<<"$line"
    mkdir root
    (cd root && sh -c "$(jq -r .command <<<"$line")")
    printf %s "$key_auth" | cmp - "root/.well-known/acme-challenge/$token"
    echo validate >&"$out"
    ends_with 0
}

@test "a peer can refuse; what it was told is undone where the client would not" {
    client --verify off --from dehydrated deploy_challenge example.test "$token" "$digest"
    hears "$dns_event"
    echo '{"ok": false, "error": "no such zone"}' >&"$out"
    hears "${dns_cleanup/pending/invalid}"
    ends_with 1
    grep -q 'deploy_challenge example.test: stdin and stdout: no such zone' stderr
    for answer in '{"ok": true}' '{"ok": 1}' '{"ok": true' '{"error": "x"}'; do
        client --verify off --from getssl add example.test "$digest"
        read -r -t 20 _ <&"$in"
        echo "$answer" >&"$out"
        if [ "$answer" = '{"ok": true}' ]; then ends_with 0; else ends_with 1; fi
    done
}

@test "a peer that is silent, or gone" {
    client --verify off --timeout 0.2 --from dehydrated deploy_challenge example.test "$token" "$digest"
    ends_with 5
    grep -q 'no answer within 0.2 s' stderr
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest" </dev/null
    status_is 1
    stderr_has "stdin ended before there was an answer"
}

@test "what the peer says is done is verified" {
    dns <<<"* * nxdomain"
    client --authority "$authority" --verify-timeout 20 --from dehydrated deploy_challenge example.test "$token" "$digest"
    hears "$dns_event"
    dns <<<"_acme-challenge.example.test TXT txt \"$digest\""
    echo >&"$out"
    ends_with 0
    dns <<<"* * nxdomain"
    client --authority "$authority" --verify-timeout 0.3 --from dehydrated deploy_challenge example.test "$token" "$digest"
    hears "$dns_event"
    echo >&"$out"
    ends_with 4
}

@test "no handler and nobody to talk to is refused, with what to do" {
    run --separate-stderr "$acmehook" --from lego present _acme-challenge.example.test. "$digest"
    status_is 2
    stderr_has "no handler for example.test; set handler in $ACMEHOOK_CONFIG, or give --handler"
    run --separate-stderr "$acmehook" --to json --from lego present _acme-challenge.example.test. "$digest"
    status_is 2
    stderr_has "give a channel"
    run --separate-stderr "$acmehook" --channel nowhere --from lego present _acme-challenge.example.test. "$digest"
    status_is 2
    stderr_has 'channel: "nowhere" is none of unix:PATH, fifo:IN,OUT and fd:NUMBER'
    # where there are handlers for others, stdout stays as it is
    config <<<'match "other.test" { handler = "/bin/true" }'
    run --separate-stderr "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest" <<<""
    status_is 2
    stdout_is ""
}

@test "a channel of FIFOs, for a client that keeps its own files" {
    mkfifo in out
    "$acmehook" --verify off --channel "fifo:$PWD/in,$PWD/out" --from lego present _acme-challenge.example.test. "$digest" &
    pid=$!
    read -r -t 20 line <out
    [ "$(jq -r .cmd <<<"$line")" = perform_challenge ]
    echo >in
    wait "$pid"
}

@test "a channel of a socket: many events, one after the other, and each has its answer" {
    command -v socat >/dev/null || skip "socat is not installed"
    handler peer <<'EOF'
#!/bin/bash
while read -r line; do
    case $line in
        *cleanup*) ;;
        *n2.test*) echo '{"ok": false, "error": "not this one"}' ;;
        *) echo ;;
    esac
done
#!/bin/bash
while read -r line; do
    case $line in
        *cleanup*) ;;
        *n2.test*) echo '{"ok": false, "error": "not this one"}' ;;
        *) echo ;;
    esac
done
EOF
    socat UNIX-LISTEN:socket,fork EXEC:./peer 3>&- &
    socat=$!
    until [ -S socket ]; do kill -0 $socat; done
    for i in 1 2 3; do
        echo '{"cmd": "perform_challenge", "type": "dns-01", "domain": "n'$i'.test", "validation": "'"$digest"'"}'
        echo '{"cmd": "cleanup", "type": "dns-01", "domain": "n'$i'.test", "validation": "'"$digest"'"}'
    done >events
    run --separate-stderr "$acmehook" --verify off --channel "unix:$PWD/socket" --ordered run events
    kill "$socat"
    status_is 1
    [ "$(jq -c .ok <<<"$output" | tr '\n' ' ')" = "true true false true true true " ]
    jq -e -s '.[2].error == "unix:'"$PWD"'/socket: not this one" and .[0].handler.dialect == "json"' <<<"$output"
    # nobody is there
    rm -f socket
    run --separate-stderr "$acmehook" --verify off --channel "unix:$PWD/socket" run events
    status_is 2
    jq -e -s 'all(.ok == false)' <<<"$output"
}

@test "a channel that is open already" {
    command -v socat >/dev/null || skip "socat is not installed"
    handler under <<EOF
#!/bin/bash
exec "$acmehook" --verify off --channel fd:5 --from lego present _acme-challenge.example.test. "$digest" 5<&0
EOF
    # shellcheck disable=SC2016
    socat EXEC:./under SYSTEM:'read -r line; echo "$line" >heard; echo'
    [ "$(jq -r .domain heard)" = example.test ]
}

# terminal WORD...: acmehook at a terminal of its own, whose keys are what we write to 7, and whose
# screen is the file screen; its own files are others', as certbot's hooks have it
terminal() {
    mkfifo keys
    handler at-terminal <<EOF
#!/bin/sh
exec $(printf '%q ' "$acmehook" "$@") </dev/null >stdout 2>stderr
EOF
    script -qefc ./at-terminal screen <keys >/dev/null 2>&1 3>&- &
    pid=$!
    exec 7>keys
}
shows() { # TEXT: waits until it is on the screen
    local n=0
    until [ -e screen ] && grep -qF -e "$1" screen; do
        kill -0 "$pid" || { cat screen stderr; return 1; }
        sleep 0.05
        n=$((n + 1))
        [ "$n" -lt 400 ] || { cat screen; return 1; }
    done
}

@test "manual: instructions at the terminal, Enter, and it is looked at until it is there" {
    command -v script >/dev/null || skip "script(1) is not installed"
    dns <<<"* * nxdomain"
    terminal --text-mode --authority "$authority" --verify-timeout 0.3 --from lego present _acme-challenge.example.test. "$digest"
    shows "_acme-challenge.example.test. IN TXT \"$digest\""
    shows "Press Enter when it is done"
    echo >&7
    shows "not verified"
    shows "NXDOMAIN"
    shows "Press Enter to look again"
    dns <<<"_acme-challenge.example.test TXT txt \"$digest\""
    echo >&7
    ends_with 0
    [ ! -s stdout ]
}

@test "manual: live progress; giving up" {
    command -v script >/dev/null || skip "script(1) is not installed"
    dns <<<"* * nxdomain"
    terminal --to manual --authority "$authority" --verify-timeout 2 --from lego present _acme-challenge.example.test. "$digest"
    shows "Press Enter when it is done"
    echo >&7
    shows "(0 s)"
    shows "Press Enter to look again"
    echo q >&7
    ends_with 4
    grep -q "RETRY D02" stderr
}

@test "manual: http-01, refused by q" {
    command -v script >/dev/null || skip "script(1) is not installed"
    export CERTBOT_DOMAIN=example.test CERTBOT_VALIDATION=$key_auth CERTBOT_TOKEN=$token
    terminal --to manual --verify off --from certbot auth
    shows "http://example.test/.well-known/acme-challenge/$token"
    shows "printf %s $key_auth >.well-known/acme-challenge/$token"
    echo q >&7
    ends_with 1
    grep -q 'given up at the terminal' stderr
}

@test "manual: without a terminal there is a refusal" {
    run --separate-stderr setsid -w "$acmehook" --to manual --from lego present _acme-challenge.example.test. "$digest"
    status_is 2
    stderr_has "somebody must be there to follow instructions"
    # nobody was told to deploy, so nobody has to be told to clean
    run --separate-stderr setsid -w "$acmehook" --to manual --from dehydrated deploy_challenge example.test "$token" "$digest"
    status_is 2
    [[ $stderr != *undoing* ]]
    run -0 --separate-stderr "$acmehook" pending
    stdout_is ""
}

@test "explain shows what would be said" {
    run -0 --separate-stderr "$acmehook" explain --from dehydrated deploy_challenge example.test "$token" "$digest"
    [[ $output == *"handler:  stdin and stdout (dialect json)"* ]]
    [[ $output == *"says:"*"$dns_event"* ]]
}

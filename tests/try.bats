# acmehook try: what hooks are like, and what cures them. The hooks in fixture/quirks have one quirk
# each, of those that were found in hooks that are in use; their zone is served by fakedns.
load lib
load fakedns

quirks=$srcdir/tests/fixture/quirks

setup() {
    own_directory
    config </dev/null
    mkdir bin
    cp "$quirks/zone" bin/zone
    export PATH=$PWD/bin:$PATH
    zone clear example.test
    server authority </dev/null
    ln -sf bin/rules authority.rules
}

# hook NAME: a copy of the hook with that quirk, and its configuration    [$more: a line of it]
hook() {
    cp "$quirks/$1" hook
    printf 'handler = "%s/hook"\nauthority = { "%s" }\nverify-timeout = 3\n%s\n' "$PWD" "$authority" "${more-}" | config
}

# tries NAME [OPTION...]: the card of that hook
tries() {
    hook "$1"
    shift
    run --separate-stderr "$acmehook" -q --format json "$@" try example.test
    nothing_left
}

# says FILTER: jq is content with the card
says() {
    jq -e "$@" <<<"$output" >/dev/null && return
    printf 'the card is: %s\nstderr: %s\n' "$output" "$stderr"
    return 1
}

# works [LINE...]: it works, with exactly these lines, which were proven
works() {
    status_is 0
    if [ $# = 0 ]; then
        says '.ok and .cure == [] and .proven == null'
    else
        says '.ok and .cure == $ARGS.positional and .proven' --args "$@"
    fi
}

nothing_left() {
    [ ! -s bin/records ] && [ -z "$("$acmehook" pending)" ] && return
    echo "left behind: $(cat bin/records)"
    "$acmehook" pending
    return 1
}

# as_client WORD...: as dehydrated calls its hook
as_client() {
    run --separate-stderr "$acmehook" --from dehydrated "$@"
}

challenge_events=(events=deploy_challenge events=clean_challenge)

@test "a hook without quirks" {
    tries 05-first-only
    works
    says '.cmd == "try" and .domain == "example.test" and .type == "dns-01" and .dialect == "dehydrated"
        and .traits.adding == "adds" and .traits.cleaning == "own" and .traits.dash == "fine"
        and .traits.unknown_word == "succeeds" and .traits.variables == "none" and .left == []'
}

@test "1. unknown operations fail" {
    tries 01-unknown-word
    works "${challenge_events[@]}"
    says '.traits.unknown_word == "fails" and .traits.unknown_word_status == 1'
    as_client this_hookscript_is_broken__dehydrated_is_working_fine__please_ignore_unknown_hooks_in_your_script
    status_is 0
}

@test "2. operations that only tell of something fail" {
    tries 02-advisory
    works
    for words in "exit_hook failed" "request_failure 500 body get header" "invalid_challenge example.test {}"; do
        # shellcheck disable=SC2086
        as_client $words
        status_is 0
    done
}

@test "3. it needs a variable" {
    tries 03-variable
    status_is 1
    says '(.ok | not) and (.error | test("exit status 1")) and .output == "PROVIDER_KEY is not set\n"'
    more='env = { "OTHER=1", "PROVIDER_KEY=secret" }' tries 03-variable
    status_is 0
    says '.traits.variables == "some" and .traits.needs == ["PROVIDER_KEY"]'
    [[ $output$stderr != *secret* ]]
    PROVIDER_KEY=secret tries 03-variable
    says '.ok and .traits.needs == ["PROVIDER_KEY"]'
}

@test "4. it replaces the first value" {
    tries 04-replaces
    works chain=true replaces=true
    says '.traits.adding == "replaces" and .traits.chaining == "all"'
    # by itself it is found out
    hook 04-replaces
    as_client deploy_challenge example.test "$token" "$digest"
    status_is 0
    as_client deploy_challenge example.test "$token" "$digest2"
    status_is 4
    stderr_has "replaced the first value"
    as_client clean_challenge example.test "$token" "$digest"
    as_client clean_challenge example.test "$token" "$digest2"
    nothing_left
}

@test "5. it takes the first challenge of a call" {
    tries 05-first-only
    works
    says '.traits.chaining == "first"'
}

@test "6. it wants the shortest name first" {
    tries 06-order
    works
    more='chain = yes' hook 06-order
    as_client deploy_challenge www.example.test "$token" "$digest" example.test "$token" "$digest2"
    status_is 0
    as_client clean_challenge www.example.test "$token" "$digest" example.test "$token" "$digest2"
    status_is 0
    nothing_left
}

@test "7. it does nothing, and succeeds" {
    tries 07-challengetype
    works
    says '.traits.needs == ["CHALLENGETYPE"]'
    tries 07-nothing
    status_is 1
    says '(.ok | not) and .traits.succeeds_though_not_done and .cure == []
        and (.error | test("does not exist")) and (.output | test("invalid API key"))'
}

@test "8. it fails if a value begins with a dash" {
    tries 08-dash
    works trust=dns
    says '.traits.dash == "status" and (.remarks | any(test("begin with \"-\"")))'
    tries 08-dash-lost
    status_is 1
    says '(.ok | not) and .traits.dash == "fails" and .traits.adding == "adds" and (.error | test("one of 64"))'
}

@test "9. it kills its process group" {
    tries 09-kill-group
    works trust=dns "${challenge_events[@]}"
    says '.traits.fails_though_done'
    hook 09-kill-group
    as_client deploy_challenge example.test "$token" "$digest"
    status_is 1
    stderr_has "was killed by signal 15"
    [ ! -s bin/records ]
}

@test "10. it does not end" {
    tries 10-endless --timeout 2
    says '.traits.hangs and .traits.adding == "adds" and .traits.dash == "fine"'
    works trust=dns timeout=11
    more='timeout = 1' hook 10-endless
    zone add example.test "$digest3"
    as_client deploy_challenge example.test "$token" "$digest"
    status_is 5
    stderr_has "did not end within 1 s"
    zone clear example.test
    nothing_left
}

@test "11. it publishes, and fails" {
    tries 11-left-behind
    works trust=dns
    hook 11-left-behind
    as_client deploy_challenge example.test "$token" "$digest"
    status_is 1
    stderr_has "what this call had deployed was cleaned again"
    nothing_left
}

@test "12. it cleans all values" {
    tries 12-cleans-all
    works cleans-all=true
    says '.traits.cleaning == "all"'
}

@test "13. it returns before the servers have it" {
    tries 13-late --verify-timeout 6
    works
    says '.traits.visible_ms >= 1500 and .traits.deploy_ms < 1500'
}

@test "14. it prints" {
    tries 14-noisy
    works
    says '.traits.prints'
    as_client deploy_challenge example.test "$token" "$digest"
    status_is 0
    stdout_is ""
    as_client clean_challenge example.test "$token" "$digest"
    status_is 0
}

@test "15. it reads a file of its directory" {
    mkdir elsewhere
    cp "$quirks/15-directory" elsewhere/hook
    printf 'add="zone add"\nremove="zone remove"\n' >elsewhere/settings.sh
    printf 'handler = "%s/elsewhere/hook"\nauthority = { "%s" }\nverify-timeout = 5\n' "$PWD" "$authority" | config
    run --separate-stderr "$acmehook" -q --format json try example.test
    nothing_left
    works "cwd=$PWD/elsewhere"
}

@test "16. its interpreter is not there" {
    command -v python3 || skip "python3 is not installed"
    ! command -v python2.3 || skip "there is a python2.3 here"
    tries 16-interpreter
    works "interpreter=$(command -v python3)"
}

@test "17. it is not executable" {
    hook 17-mode
    chmod 644 hook
    run --separate-stderr "$acmehook" -q --format json try example.test
    status_is 1
    says '.error | test("not executable; try: chmod \\+x")'
}

@test "18. it asks somebody at the terminal" {
    tries 18-terminal
    works
    tries 18-password
    status_is 1
    says '(.ok | not) and (.output | test("/dev/tty"))'
}

@test "19. it cleans when the certificate is there" {
    hook 19-deploy-cert
    run --separate-stderr "$acmehook" -q --format json --verify-timeout 2 try example.test
    says '.traits.cleaning == "nothing" and (.left | length > 0) and (.remarks | any(test("stays behind")))'
    [ "$(jq -r '.left[]' <<<"$output" | sed 's/ at .*//' | sort)" = "$(sed 's/.* //' bin/records | sort -u)" ]
    touch c k f h
    as_client deploy_cert example.test "$PWD/k" "$PWD/c" "$PWD/f" "$PWD/h" 17
    status_is 0
    [ ! -s bin/records ]
}

@test "19. it deploys whatever it is called for" {
    tries 19-any-word
    works "${challenge_events[@]}"
    says '.traits.unknown_word == "acts"'
}

@test "20. it writes into an open file" {
    tries 20-open-file
    works
    "$acmehook" --from dehydrated deploy_challenge example.test "$token" "$digest" 3>certificate
    "$acmehook" --from dehydrated clean_challenge example.test "$token" "$digest" 3>>certificate
    [ ! -s certificate ]
}

@test "the card for people" {
    hook 05-first-only
    run --separate-stderr "$acmehook" try example.test
    status_is 0
    stderr_has "acmehook: example.test: deploys a first value"
    [[ $output == "example.test dns-01: $PWD/hook (dialect dehydrated)"* ]]
    [[ $output == *"
  It works for a certificate with this name and its wildcard.
"* && $output == *"
  second value      is added to the first
  clean             removes its own value, no other
  chained call      takes the first challenge, and drops the others
  leading \"-\"       is a value like any other
  unknown word      succeeds
"* ]]
    run --separate-stderr "$acmehook" -q try example.test
    stderr_is ""
    nothing_left
}

@test "the lines of the card are a configuration with which it works" {
    more='env = { "A=SECRET" }
clean-tries = 2' hook 08-dash
    run --separate-stderr "$acmehook" -q --umask 027 --authority "$authority" --verify-timeout 5 try example.test
    status_is 0
    [[ $output != *SECRET* ]]
    sed -n '/^    match/,/^    }/p' <<<"$output" | config
    grep -q '^ *trust = dns$' "$ACMEHOOK_CONFIG"
    grep -q '^ *umask = 027$' "$ACMEHOOK_CONFIG"
    run --separate-stderr "$acmehook" -q --format json try example.test
    status_is 0
    # what it has from a rule is kept
    says '.match == ".example.test dns-01" and .ok and (.lines | test("umask = 027"))'
    as_client deploy_challenge example.test "$token" "$digest2"
    status_is 0
    as_client clean_challenge example.test "$token" "$digest2"
    status_is 0
}

@test "several names, and a name without a handler" {
    hook 05-first-only
    run --separate-stderr "$acmehook" -q --format json try a.example.test b.example.test
    status_is 0
    [ "$(jq -r '.domain + " " + (.ok | tostring)' <<<"$output")" = $'a.example.test true\nb.example.test true' ]
    config <<<''
    run --separate-stderr "$acmehook" -q try a.example.test
    status_is 2
    stderr_has "no handler for a.example.test"
    run --separate-stderr "$acmehook" -q --to manual try a.example.test
    status_is 2
    stderr_has "no program that could be tried"
    run --separate-stderr "$acmehook" -q -H "$PWD/hook" try a..test
    status_is 2
    run --separate-stderr "$acmehook" try
    status_is 2
}

@test "a name at which somebody else has values is left alone" {
    hook 12-cleans-all
    as_client deploy_challenge example.test "$token" "$digest"
    status_is 0
    run --separate-stderr "$acmehook" -q try example.test
    status_is 75
    stderr_has "1 value is of others there now"
    [ "$(cat bin/records)" = "_acme-challenge.example.test $digest" ]
}

@test "what failed at a name does not keep its handler from being tried" {
    hook 05-first-only
    handler failing <<<$'#!/bin/sh\nexit 1'
    run --separate-stderr "$acmehook" -H "$PWD/failing" --from dehydrated deploy_challenge example.test "$token" "$digest"
    status_is 1
    run -0 "$acmehook" pending
    [[ $output == *failed* ]]
    run --separate-stderr "$acmehook" -q --format json try example.test
    works
}

@test "it cannot be seen what is there: nothing is said about the handler" {
    hook 05-first-only
    handler dying <<<'#!/bin/sh'
    run --separate-stderr "$acmehook" -q --verifier "$PWD/dying" try example.test
    status_is 6
    stdout_is ""
    stderr_has "this host cannot judge"
    nothing_left
    run --separate-stderr "$acmehook" -q --verifier /nonexistent/verify try example.test
    status_is 2
    stdout_is ""
    stderr_has "the verifier cannot be started: /nonexistent/verify: no such file"
}

# deployed: is there a value now?
deployed() {
    [ -s bin/records ]
}

within() { # SECONDS COMMAND...
    local end=$((SECONDS + $1))
    until "${@:2}"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.02
    done
}

# begins: a try of a hook that takes its time once its value is there; $pid
begins() {
    hook 05-first-only
    sed -i '$a[ "$1" != deploy_challenge ] || sleep 60' hook
    "${with[@]}" "$acmehook" -q try example.test >card 2>said 3>&- &
    pid=$!
    within 20 deployed
}

@test "stopped by a signal it cleans what is there" {
    # background jobs of scripts ignore SIGINT, and those of nohup SIGHUP
    env --default-signal=INT,HUP true || skip "env has no --default-signal"
    with=(env --default-signal=INT,HUP)
    for signal in INT TERM HUP; do
        begins
        kill -$signal $pid
        status=0
        wait $pid || status=$?
        [ "$status" = 75 ]
        [ ! -s card ]
        grep -q "stopped; what was deployed is cleaned" said
        nothing_left
    done
}

@test "killed it leaves nothing that pending does not know" {
    begins
    kill -KILL $pid
    wait $pid || :
    [ -s bin/records ]
    "$acmehook" pending | grep -q "deploying *dns-01 example.test"
    run --separate-stderr "$acmehook" --timeout 3 pending --clean
    status_is 0
    nothing_left
}

@test "a handler that never ends takes no more than its time" {
    hook 05-first-only
    sed -i '2isleep 1000' hook
    SECONDS=0
    run --separate-stderr "$acmehook" -q --format json --timeout 1 --verify-timeout 2 try example.test
    status_is 1
    says '.error | test("did not end within 1 s")'
    [ "$SECONDS" -lt 30 ]
}

@test "http-01" {
    local web
    : >web
    mkfifo web.in
    exec {web_out}< <(exec "$builddir/tests/fixture/fakeweb" web <web.in 3>&-)
    exec {keep_web}>web.in
    read -r web _ <&"$web_out"
    handler hook <<'END'
#!/bin/bash
cd "${0%/*}" || exit
[ "$CHALLENGETYPE" = http-01 ] || exit 1
rule="path=/.well-known/acme-challenge/$3 body $4"
grep -vxF -e "$rule" web >web.new
[ "$1" != deploy_challenge ] || echo "$rule" >>web.new
mv web.new web
END
    echo 'example.test A a 127.0.0.1' >bin/rules
    config <<END
handler = "$PWD/hook"  authority = { "$authority" }  http-port = $web  verify-timeout = 5
END
    run --separate-stderr "$acmehook" -q --format json try --type http-01 example.test
    works
    says '.type == "http-01" and .traits.adding == "adds" and .traits.cleaning == "own" and .traits.chaining == "first"
        and .traits.needs == ["CHALLENGETYPE"]'
    [ ! -s web ]
    run --separate-stderr "$acmehook" -q try --type nonsense example.test
    status_is 2
}

# speaks DIALECT: stdin is a script for it
speaks() {
    handler hook
    printf 'handler = "%s/hook"\nto = "%s"\nauthority = { "%s" }\nverify-timeout = 5\n' "$PWD" "$1" "$authority" | config
    run --separate-stderr "$acmehook" -q --format json try example.test
    nothing_left
}

@test "handlers of other dialects" {
    speaks uacme <<'END'
#!/bin/sh
case $1 in
begin) zone add "$3" "$5" ;;
done | failed) zone remove "$3" "$5" ;;
*) exit 1 ;;
esac
END
    status_is 0
    says '.dialect == "uacme" and .traits.chaining == "none" and .traits.unknown_word == "fails"'
    speaks lego <<'END'
#!/bin/sh
name=${2#_acme-challenge.}
case $1 in
present) zone add "${name%.}" "$3" ;;
cleanup) zone remove "${name%.}" "$3" ;;
esac
END
    status_is 0
    speaks env <<'END'
#!/bin/sh
case $1 in
perform) zone add "$domain" "$validation" ;;
cleanup) zone remove "$cbot_domain" "$cbot_validation" ;;
esac
END
    status_is 0
    says '.traits.needs == []'
}

@test "the cards are as the schema says" {
    python3 -c 'import jsonschema' || skip "python3-jsonschema is not installed"
    for quirk in 05-first-only 08-dash 17-mode; do
        tries $quirk
        echo "$output" >>cards
    done
    python3 - "$srcdir/schema/card.schema.json" cards <<'END'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
cards = [json.loads(line) for line in open(sys.argv[2])]
assert len(cards) == 3
for card in cards:
    jsonschema.validate(card, schema)
    assert set(card) == set(schema["properties"])
    assert set(card["traits"]) == set(schema["properties"]["traits"]["properties"])
END
}

@test "a name that is delegated by a CNAME" {
    # zone writes the rules; the alias stands before them
    sed -i 's/^mv rules.new rules$/{ echo "_acme-challenge.a.test * cname _acme-challenge.example.test"; cat rules.new; } >rules/' bin/zone
    zone clear example.test
    cp "$quirks/05-first-only" hook
    config <<END
authority = { "$authority" }  verify-timeout = 5
match "example.test" { handler = "$PWD/hook" }
END
    sed -i "1a[ \"\$2\" = example.test ] || exit 9" hook
    run --separate-stderr "$acmehook" -q --format json try a.test
    says '.domain == "a.test" and .match == "example.test" and .traits.adding == "adds" and .traits.cleaning == "own"
        and (.remarks | any(test("a CNAME leads to the challenge name of example.test")))'
    nothing_left
}

@test "the lines that it knows are options" {
    "$acmehook" --help | sed -n 's/^  ... --\([a-z-]*\).*/\1/p' | sort >options
    sed -n 's/.*"\([a-z-]*\)=[^"]*".*/\1/p; s/.*add_seconds(lines, "\([a-z-]*\)".*/\1/p' "$srcdir/src/try/trial.c" "$srcdir/src/try/traits.c" \
        "$srcdir/src/try/remedy.c" "$srcdir/src/try/try.c" | sort -u >lines
    [ "$(wc -l <lines)" -ge 10 ]
    [ -z "$(comm -13 options lines)" ]
}

# The documents say what the program does: options, keys, dialects, cases, examples.
load lib

man=$srcdir/man

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

# items FILE FROM TO: the first word of each list item between two patterns
items() {
    sed -n "/$2/,/$3/s/^\.It Ic \([a-z-]*\).*/\1/p" "$1" | sort
}

# blocks FILE: its literal blocks behind .Sh EXAMPLES, in files 1, 2 ...
blocks() {
    awk '/^\.Sh / { examples = /EXAMPLES/ }
        examples && /^\.Bd -literal/ { file = ++n; next }
        /^\.Ed/ { file = 0 }
        file { gsub(/\\e/, "\\"); gsub(/\\\(aq/, "'\''"); print >file }' "$1"
}

# accepted: is the configuration of lib.bash one?
accepted() {
    run --separate-stderr "$acmehook" explain --from dehydrated startup_hook
    [ "$status" -eq 0 ]
}

# is_key NAME: is it known outside of match? in_rule NAME: is it known inside?
is_key() {
    echo "$1 = true" | config
    accepted || [[ $stderr != *"no such option"* ]]
}
in_rule() {
    printf 'match "a.test" {\n%s = true\n}\n' "$1" | config
    accepted || [[ $stderr != *"no such option"* ]]
}

long_options() {
    "$acmehook" --help | sed -n 's/^  ... --\([a-z-]*\).*/\1/p' | sort
}

@test "the manuals are clean by mandoc" {
    need mandoc
    run mandoc -T lint -W warning "$man"/*.[1578]
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "every manual is installed" {
    for page in "$man"/*; do
        grep -qw "man/${page##*/}" "$srcdir/Makefile.am"
    done
}

@test "acmehook(1) has the long options of --help, and no others" {
    sed -n '/^\.Sh OPTIONS/,/^\.S[sh] [^O]/s/^\.It Fl \(. , \)\{0,1\}-\([a-z-]*\).*/\2/p' "$man/acmehook.1" | sort >in-manual
    long_options | diff -u - in-manual
}

@test "acmehook(1) has the short options of --help" {
    while read -r letter long; do
        grep -q "^\.It Fl $letter , -$long" "$man/acmehook.1"
    done < <("$acmehook" --help | sed -n 's/^  -\([a-zA-Z]\), --\([a-z-]*\).*/\1 \2/p')
}

@test "acmehook.conf(5) has the keys of the configuration, and no others" {
    {
        long_options
        items "$man/acmehook.conf.5" '^\.Sh KEYS' '^\.Sh FILES'
    } | sort -u >candidates
    while read -r key; do
        ! is_key "$key" || echo "$key"
    done <candidates >keys
    items "$man/acmehook.conf.5" '^\.Sh KEYS' '^\.Sh FILES' | diff -u keys -
}

@test "acmehook.conf(5) says which keys may stand in a match section" {
    while read -r key; do
        ! in_rule "$key" || echo "$key"
    done < <(items "$man/acmehook.conf.5" '^\.Sh KEYS' '^\.Sh FILES') >keys
    items "$man/acmehook.conf.5" '^\.Sh KEYS' '^Those that hold for all events' | diff -u keys -
}

@test "acmehook.conf(5) has the events that a pattern may have" {
    tr ' ,' '\n\n' <"$man/acmehook.conf.5" | grep -E '^[a-z]+_[a-z]+$' | sort -u >words
    for word in save restart report cleanup $(cat words); do
        echo "match \"$word\" { }" | config
        accepted
    done
}

@test "acmehook-responder(8) has the keys of its configuration and the options of --help, and no others" {
    items "$man/acmehook-responder.8" '^\.Sh CONFIGURATION' '^\.Sh DELEGATION' >in-manual
    grep -o 'CFG_[A-Z_]*("[a-z]*"' "$srcdir/src/responder/setup.c" | sed 's/.*("\(.*\)"/\1/' | sort | diff -u - in-manual
    grep '^\.It Fl' "$man/acmehook-responder.8" | grep -o -- '-[a-z]*' | sed 's/-//' | sort >in-manual
    [ -x "$builddir/acmehook-responder" ] || return 0
    "$builddir/acmehook-responder" --help | grep '^  --' | grep -o -- '--[a-z]*' | sed 's/--//' | sort | diff -u - in-manual
}

@test "acmehook-dialects(7) has a section for each dialect and direction, and no others" {
    "$acmehook" dialects | while read -r name words; do
        [[ " $words" != " from "* ]] || echo "${name^^} AS A CLIENT"
        [[ " $words" != *" to "* ]] || echo "${name^^} AS A HANDLER"
    done | sort >sections
    sed -n 's/^\.Sh \(.* AS A .*\)/\1/p' "$man/acmehook-dialects.7" | sort | diff -u sections -
}

@test "acmehook(1) has the links that are installed" {
    sed -e :a -e '/\\$/{N;s/\\\n//;ba' -e '}' "$srcdir/Makefile.am" | sed -n 's/^links = //p' | xargs -n 1 | sort >links
    sed -n 's/^\.It \([a-z_-]*\) Ta acmehook --from .*/\1/p' "$man/acmehook.1" | sort | diff -u links -
}

@test "acmehook-verify(8) has the options of --help, and no others" {
    sed -n '/^\.Sh DESCRIPTION/,/^\.Sh QUESTIONS/s/^\.It Fl //p' "$man/acmehook-verify.8" | grep -oE -- '-[a-z]+(-[a-z]+)*' | sort >in-manual
    "$builddir/acmehook-verify" --help | sed -n 's/^  \(-., \)\{0,1\}-\(-[a-z-]*\).*/\2/p' | sort | diff -u - in-manual
}

@test "acmehook-verify(8) has the cases of the catalogue with their verdicts, and no others" {
    awk '/^    \[CASE_/ { id = verdict = "" }
        /\.verdict = / { sub(/.*VERDICT_/, ""); sub(/,.*/, ""); verdict = $0 }
        /\.id = / { gsub(/.*= "|",.*/, ""); id = $0 }
        id && verdict { print id, verdict; id = "" }' "$srcdir"/src/verify/catalogue_*.c | sort -u >cases
    [ -s cases ]
    sed -n 's/^\.It \([A-Z][0-9][0-9]*\) Ta \([A-Z]*\) Ta .*/\1 \2/p' "$man/acmehook-verify.8" | sort -u | diff -u cases -
}

@test "the shell in README.md, the manuals and examples/ is shell" {
    awk -v RS='```' 'NR % 2 == 0 && sub(/^sh\n/, "") { print >("block" ++n) }' "$srcdir/README.md"
    [ -e block1 ]
    for file in block* "$srcdir/examples/certbot.sh"; do
        sh -n "$file"
    done
    bash -n "$srcdir/examples/dehydrated.config"
    for page in acmehook.1 acmehook-events.5 acmehook-verify.8; do
        mkdir "$page"
        (cd "$page" && blocks "$man/$page" && for file in *; do [[ $(head -n 1 "$file") == "{"* ]] || sh -n "$file"; done)
    done
}

@test "examples/acmehook.conf is accepted, and its rules are used" {
    run -0 "$acmehook" --config "$srcdir/examples/acmehook.conf" explain --from dehydrated \
        deploy_challenge www.corp.example "$token" "$digest"
    [[ $output == *'rule:     match ".corp.example dns-01"'* ]]
    [[ $output == *"hooks/nsupdate deploy_challenge www.corp.example $token $digest"* ]]
    run -0 "$acmehook" --config "$srcdir/examples/acmehook.conf" explain --from dehydrated \
        deploy_challenge shop.example "$token" "$key_auth"
    [[ $output == *"hooks/webroot deploy_challenge shop.example $token $key_auth"* ]]
    # the command in its first comment
    cd "$BATS_TEST_TMPDIR"
    sed -n 's/^#   \(  *\)\{0,1\}//p' "$srcdir/examples/acmehook.conf" | sed -n '/^acmehook/,/[^\\]$/p' >command
    ACMEHOOK_CONFIG=$srcdir/examples/acmehook.conf run -0 bash -c "acmehook() { '$acmehook' \"\$@\"; }; . ./command"
    [[ $output == *'rule:     match ".corp.example dns-01"'* ]]
}

@test "the configurations in acmehook.conf(5) and README.md are accepted" {
    blocks "$man/acmehook.conf.5"
    for file in [0-9]*; do
        config <"$file"
        accepted
    done
    sed -n '/^\*\*Several handlers/,/^More/s/^    //p' "$srcdir/README.md" | config
    [ "$(grep -c '^match' "$ACMEHOOK_CONFIG")" -ge 3 ]
    accepted
}

@test "examples/events.jsonl goes through acmehook run" {
    recorder hook
    run -0 --separate-stderr "$acmehook" --verify off --jobs 1 --handler "$PWD/hook" run "$srcdir/examples/events.jsonl"
    [ -z "$stderr" ]
    [ "${#lines[@]}" -eq "$(wc -l <"$srcdir/examples/events.jsonl")" ]
    for line in "${lines[@]}"; do
        [[ $line == *'"ok": true, "error": null'* ]]
    done
    [ "$(cut -d ' ' -f 1 hook.calls | uniq -c | tr -s ' \n' ' ')" = " 3 deploy_challenge 3 clean_challenge 1 deploy_cert 1 unchanged_cert " ]
}

@test "the validations in examples/events.jsonl are the digests of their key authorizations" {
    need openssl
    while read -r key validation; do
        [ "$(printf %s "$key" | openssl dgst -sha256 -binary | openssl base64 | tr '+/' '-_' | tr -d '=')" = "$validation" ]
    done < <(sed -n '/dns-01/s/.*"validation": "\([^"]*\)".*"key_auth": "\([^"]*\)".*/\2 \1/p' "$srcdir/examples/events.jsonl")
}

@test "the event in acmehook-events(5) is one" {
    blocks "$man/acmehook-events.5"
    tr -d '\n' <1 >event
    recorder hook
    run -0 --separate-stderr "$acmehook" --verify off --handler "$PWD/hook" run event
    [[ $output == *'"ok": true'* ]]
}

@test "every key of a result is in acmehook-events(5)" {
    recorder hook
    "$acmehook" --verify off --handler "$PWD/hook" run "$srcdir/examples/events.jsonl" |
        grep -oE '"[a-z_]+": ' | tr -d '": ' | sort -u >keys
    while read -r key; do
        grep -qE "^\.It Cm .*\<$key\>" "$man/acmehook-events.5"
    done <keys
}

@test "every key of an event is in acmehook-events(5)" {
    sed -n 's/^[[:space:]]*{"\([a-z_]*\)", \(FIELD\|VIEW\)_.*/\1/p' "$srcdir/src/common/event_json.c" | sort -u >keys
    [ -s keys ]
    while read -r key; do
        grep -qE "\<$key\>" "$man/acmehook-events.5"
    done <keys
}

# complete WORD...: what bash offers for the last of them, one a line
complete_words() {
    # shellcheck source=/dev/null
    PATH=${acmehook%/*}:$PATH bash -c '. "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _acmehook; printf "%s\n" "${COMPREPLY[@]}"' - "$srcdir/completions/acmehook" "$@" | sort
}

@test "bash completes all options, and no others" {
    complete_words acmehook -- | sed 's/^--//' | diff -u <(long_options) -
}

@test "bash completes commands, dialects and choices" {
    complete_words acmehook '' >offered
    for word in run verify explain pending dialects; do
        grep -qx "$word" offered
    done
    complete_words acmehook --from '' | diff -u <("$acmehook" dialects | awk '$2 == "from" { print $1 }' | sort) -
    complete_words acmehook --to dehy | diff -u <(echo dehydrated) -
    complete_words acmehook --verify '' | diff -u <(printf '%s\n' off require strict warn) -
    complete_words acmehook --format '' | diff -u <(printf '%s\n' json text) -
    complete_words acmehook verify '' | grep -qx dns-01
}

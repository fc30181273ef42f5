# The command line.
load lib

@test "--help goes to stdout, --version too" {
    run --separate-stderr "$acmehook" --help
    status_is 0
    [[ $output == "usage: acmehook"* ]]
    stderr_is ""
    run --separate-stderr "$acmehook" -V
    status_is 0
    stdout_is "acmehook $version"
}

@test "dialects lists each with its directions" {
    run --separate-stderr "$acmehook" dialects
    status_is 0
    grep -q '^dehydrated  *from  to ' <<<"$output"
    grep -q '^certbot  *from  ' <<<"$output"
    grep -q '^env  *to ' <<<"$output"
    grep -q '^json  *from ' <<<"$output"
}

wrong() { # SENTENCE ARGUMENT...
    local sentence=$1
    shift
    run --separate-stderr "$acmehook" "$@"
    status_is 2
    stdout_is ""
    stderr_is "acmehook: $sentence"
}

@test "wrong usage is one sentence and exit status 2" {
    wrong "--netscape is not an option; see acmehook --help" --netscape x
    wrong "--hndler=x is not an option; did you mean --handler?" --hndler=x
    wrong "-Z is not an option; see acmehook --help" -Z
    wrong "--handler needs a value; see acmehook --help" --handler
    wrong "--quiet=yes takes no value; see acmehook --help" --quiet=yes
    wrong 'verify: "x" is none of strict, require, warn, off' --verify x
    wrong 'timeout: "1e3" is not a time; write 90, 2.5 or 5m' --timeout 1e3
    wrong 'timeout: "-5" is not a time; write 90, 2.5 or 5m' --timeout -5
    wrong 'timeout: "99999h" is not a time; write 90, 2.5 or 5m' --timeout 99999h
    wrong 'http-port: "0" is not a port from 1 to 65535' --http-port 0
    wrong 'from: "netscape" is no client known here; acmehook dialects lists them' --from netscape
    wrong "usage: acmehook [OPTION...] verify TYPE NAME [VALUE...], or verify --file FILE" verify dns-01
    wrong "usage: acmehook [OPTION...] verify TYPE NAME [VALUE...], or verify --file FILE" verify --file names dns-01 a.test
    wrong 'from: "certbto" is no client known here; did you mean certbot?' --from certbto auth
    wrong '"pendign" is no command, and no word that one client alone uses; did you mean acmehook pending?' pendign
    wrong "usage: acmehook [OPTION...] run [FILE]" run a b
    # lego, certbot and certbot-external-auth all say cleanup
    wrong '"cleanup" is no command, and no word that one client alone uses; say who calls with --from CLIENT' cleanup
    wrong "nothing to do: give a command, or say who calls with --from CLIENT; see acmehook --help"
}

@test "times have units" {
    for pair in "2.5 2.5" "90 90" "5m 300" "1h 3600" "500ms 0.5" "3s 3"; do
        run --separate-stderr "$acmehook" explain --verify-timeout "${pair% *}" -H /x deploy_challenge a.test "$token" "$digest"
        status_is 0
        grep -q "at most ${pair#* } s" <<<"$output"
    done
}

@test "--dehydrated-dns is --to dehydrated" {
    config <<<'to = "env"'
    run --separate-stderr "$acmehook" explain --dehydrated-dns -H /x deploy_challenge a.test "$token" "$digest"
    status_is 0
    grep -q '(dialect dehydrated)' <<<"$output"
}

@test "options behind a command word count; behind the client's word they are the client's" {
    recorder hook
    run --separate-stderr "$acmehook" --verify off -H "$PWD/hook" --from dehydrated exit_hook --help
    status_is 0
    file_is hook.calls <<<"exit_hook --help"
    run --separate-stderr "$acmehook" run --handler "$PWD/hook" /dev/null
    status_is 0
}

@test "a handler without a slash is the file here, not a program in PATH" {
    recorder hook
    run --separate-stderr "$acmehook" --verify off -H hook deploy_challenge a.test "$token" "$digest"
    status_is 0
    [ -s hook.calls ]
    run --separate-stderr "$acmehook" --verify off -H true deploy_challenge a.test "$token" "$digest"
    status_is 2
    stderr_has "./true: no such file"
}

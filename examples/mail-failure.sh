#!/bin/sh
# SPDX-License-Identifier: MIT
# mail-failure.sh: an on-failure command of acmehook, that sends a mail.
#
# In /etc/acmehook/acmehook.conf:    on-failure = "/etc/acmehook/mail-failure.sh"
#
# Standard input has a JSON object a line for each event that failed (acmehook-events(5)). With jq
# the mail begins with what failed and why; the objects themselves follow in any case.
set -eu

to=root # whom it goes to

results=$(cat)
{
    printf 'To: %s\nSubject: acmehook: something failed on %s\n' "$to" "$(hostname)"
    printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nAuto-Submitted: auto-generated\n\n'
    if command -v jq >/dev/null; then
        printf '%s\n' "$results" | jq -r '
            "\(.event // "a call that could not be understood") \(.domain // ""): \(.error)",
            (.handler | select(.) | (.stdout, .stderr) | select(. != "") | "    " + gsub("\n(?=.)"; "\n    ")),
            (.verify | select(.) | "    \(.verdict) \(.case // ""): \(.reason)", (.hint | select(.) | "    " + .)),
            (.retry | select(.) | if .next then "    It is tried again (attempt \(.attempts) failed)."
                else "    It is not tried again by itself; see acmehook pending." end)'
        echo
    fi
    printf '%s\n' "$results"
} | sendmail -oi -t

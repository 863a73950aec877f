#!/usr/bin/env bash
# Assay: start it, test it, check it. Needs bash and Python 3.11 or newer; it brings the rest itself.
# What it says goes to standard error, so that a command's output can be read by programs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly VENV=.venv
readonly BIN="$VENV/bin"
export FLASK_APP=app:create_app

usage() {
    cat <<'TEXT'
./run.sh                    prepare everything and serve (PORT, BIND, DATABASE_URL, DATA_DIR, DEMO=0)
./run.sh test [arguments]   run the tests: all of them, or pytest with these arguments
./run.sh check              formatting, lint, types, import contracts, templates, house tests
./run.sh flask [arguments]  the command line; without arguments it lists the commands
./run.sh bench NAME         run benchmarks/NAME.py: fieldwork, pages, upload
./run.sh translate          collect the texts of the code into the catalogues
./run.sh lock [packages]    recompile the locks; packages named are upgraded
TEXT
}

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# --- Python and its packages -------------------------------------------------

find_python() { # prints the first Python that is new enough and can make an environment
    local candidate old=
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14; do
        command -v "$candidate" >/dev/null || continue
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
        old=$candidate
    done
    [[ -n $old ]] || die "Python 3.11 or newer is needed. On Debian: apt-get install python3 python3-venv"
    if may_install && install_packages python3-venv && "$old" -c 'import ensurepip, venv' 2>/dev/null; then
        printf '%s' "$old"
        return
    fi
    die "$old cannot make environments. Run this first: apt-get install python3-venv"
}

package_indexes() { # uv does not read pip's configuration: hand over what is set there
    local line name value
    local -A seen=()
    while IFS= read -r line; do
        name=${line%%=*} name=${name##*.}
        value=${line#*=} value=${value#[\'\"]} value=${value%[\'\"]} value=${value//\\n/ }
        [[ -n ${seen[$name]:-} ]] || seen[$name]=$value # the environment's settings come first
    done < <("$BIN/python" -m pip config list 2>/dev/null)
    [[ -z ${seen[index-url]:-} ]] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-${seen[index-url]}}"
    if [[ -n ${seen[extra-index-url]:-} ]]; then
        export UV_INDEX="${UV_INDEX:-${seen[extra-index-url]}}"
        export UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}" # the hashes decide
    fi
    [[ -z ${seen[find-links]:-} ]] || export UV_FIND_LINKS="${UV_FIND_LINKS:-${seen[find-links]}}"
    [[ -z ${seen[cert]:-} ]] || export SSL_CERT_FILE="${SSL_CERT_FILE:-${seen[cert]}}"
    [[ ! -s /etc/ssl/certs/ca-certificates.crt ]] || export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"
}

pip_install() { "$BIN/python" -m pip install -qq --disable-pip-version-check "$@" >&2; }

pinned_uv() { # prints uv's own lines of the lock
    local line inside=
    while IFS= read -r line; do
        [[ $line != uv==* ]] || inside=1
        [[ -z $inside ]] || printf '%s\n' "$line"
        [[ -z $inside || $line == *\\ ]] || return 0
    done <requirements-dev.txt
}

install_lock() { # install_lock LOCK: by uv in seconds, else by pip
    if [[ -x $BIN/uv ]] || pip_install --require-hashes -r <(pinned_uv); then
        package_indexes
        VIRTUAL_ENV="$PWD/$VENV" "$BIN/uv" pip install --quiet --require-hashes -r "$1" >&2 && return
        say "uv could not install the packages; pip tries."
    fi
    pip_install --require-hashes -r "$1" || die "The packages of $1 could not be installed."
}

ready() { # ready LOCK: is this very lock installed, in this very folder?
    local stamp="$VENV/installed-$1"
    [[ -f $stamp && -x $BIN/python ]] || return 1
    [[ "$PWD"$'\n'"$(<"$1")" == "$(<"$stamp")" ]]
}

environment() { # environment LOCK: build or complete the environment; at once when nothing changed
    ready "$1" && return
    local python
    if ! "$BIN/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        ! "$BIN/python" -m pip --version >/dev/null 2>&1 || ! [[ "$(head -n 1 "$BIN/pip" 2>/dev/null)" == *"$PWD/"* ]]; then
        python=$(find_python) || exit 1
        say "Making the environment with $("$python" --version) …"
        "$python" -m venv --clear "$VENV"
    fi
    say "Installing the packages of $1 …"
    install_lock "$1"
    printf '%s\n%s\n' "$PWD" "$(<"$1")" >"$VENV/installed-$1"
    if [[ $1 == requirements-dev.txt ]]; then # it holds the other lock too
        printf '%s\n%s\n' "$PWD" "$(<requirements.txt)" >"$VENV/installed-requirements.txt"
    fi
}

# --- Debian packages: wanted, never required to start --------------------------

may_install() { [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; }

install_packages() { # short patience: without a network the start goes on
    local options=(-qq -y --no-install-recommends -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15
        -o Acquire::Retries=1 -o DPkg::Lock::Timeout=30)
    local package status=0
    export DEBIAN_FRONTEND=noninteractive
    timeout 90 apt-get "${options[@]}" update >&2 || say "The package lists could not be refreshed."
    for package in "$@"; do
        timeout 300 apt-get "${options[@]}" install "$package" </dev/null >/dev/null 2>&1 || status=1
    done
    return $status
}

has_library() {
    local linker=ldconfig
    [[ ! -x /sbin/ldconfig ]] || linker=/sbin/ldconfig
    [[ "$("$linker" -p 2>/dev/null)" == *"$1"* ]]
}

has_font() { # has_font FILE-PATTERN FAMILY: look where Debian puts it, else ask fontconfig
    if compgen -G "/usr/share/fonts/*/*/$1" >/dev/null; then return; fi
    [[ -n "$(fc-list "$2" family 2>/dev/null)" ]]
}

missing_packages() {
    has_library libpangoft2-1.0.so || printf '%s ' libpangoft2-1.0-0
    has_library libharfbuzz-subset.so || printf '%s ' libharfbuzz-subset0
    has_font 'NotoSerifCJK*' 'Noto Serif CJK SC' || printf '%s ' fonts-noto-cjk
    has_font 'LXGWWenKai*' 'LXGW WenKai' || printf '%s ' fonts-lxgw-wenkai
}

system_packages() {
    local missing tried="$VENV/packages-tried"
    missing=$(missing_packages)
    [[ -n $missing ]] || return 0
    if may_install && [[ ! -f $tried || "$(<"$tried")" != "$missing" ]]; then
        say "Installing Debian packages for documents: $missing…"
        # shellcheck disable=SC2086 # a list of names
        install_packages $missing || true
        missing=$(missing_packages)
        printf '%s' "$missing" >"$tried"
    fi
    [[ -z $missing ]] ||
        say "Some documents cannot be made until this is run as root: apt-get install ${missing% }"
}

# --- texts -------------------------------------------------------------------

translations() { # compile the catalogues that are newer than what was compiled
    local catalogue
    for catalogue in translations/*/LC_MESSAGES/messages.po; do
        [[ -f $catalogue && ! ${catalogue%.po}.mo -nt $catalogue ]] || continue
        # Not "pybabel compile": it takes a plural number for a mistake where the singular says "one".
        "$BIN/python" - "$catalogue" <<'TEXT' || say "$catalogue could not be compiled."
import sys
from pathlib import Path
from babel.messages import mofile, pofile

path = Path(sys.argv[1])
with path.open("rb") as source:
    catalogue = pofile.read_po(source, locale=path.parent.parent.name)
with path.with_suffix(".mo").open("wb") as target:
    mofile.write_mo(target, catalogue)
TEXT
    done
}

translate() {
    environment requirements-dev.txt
    local pot="$VENV/messages.pot" locale
    "$BIN/pybabel" --quiet extract --mapping babel.cfg --output "$pot" --no-location --sort-output \
        --omit-header --add-comments "Translators:" \
        --keyword N_ --keyword T_:1 --keyword NT_:1,2 --keyword lazy_gettext \
        --keyword lazy_ngettext:1,2 --keyword lazy_pgettext:1c,2 --keyword pgettext:1c,2 \
        --keyword npgettext:1c,2,3 . >&2
    for locale in zh_CN en; do
        "$BIN/pybabel" --quiet update --input-file "$pot" --output-dir translations --locale "$locale" \
            --width 100 --init-missing --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date >/dev/null
    done
    translations
}

# --- commands ------------------------------------------------------------------

taken() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

answers() { # answers HOST PORT: does the application itself speak there?
    (
        local line
        exec 3<>"/dev/tcp/$1/$2"
        printf 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
        read -r -t 30 line <&3 && [[ $line == HTTP/* ]]
    ) 2>/dev/null
}

keep_working() { # the worker of long jobs, begun again should it ever end
    local child=
    trap 'kill "$child" 2>/dev/null; wait "$child" 2>/dev/null; exit 0' TERM
    while :; do
        "$BIN/flask" jobs work &
        child=$!
        wait "$child" || true
        say "The worker ended; it is started again."
        sleep 2 &
        child=$!
        wait "$child" || true
    done
}

serve() {
    local port=${PORT:-8000} host=${BIND:-127.0.0.1} near server worker="" status=0 waited=0
    near=${host/#0.0.0.0/127.0.0.1}
    [[ $port =~ ^[0-9]+$ ]] || die "PORT must be a number, not $port."
    environment requirements.txt
    system_packages
    translations
    ! taken "$near" "$port" || die "Port $port is taken. Choose another: PORT=$((port + 1)) ./run.sh"
    set -m # a process group for each: Ctrl-C reaches this script alone, and nobody is left behind
    "$BIN/flask" serve --host "$host" --port "$port" --workers "${WEB_WORKERS:-2}" >&2 &
    server=$!
    stop() { # lets a running job end; a second Ctrl-C does not wait for it
        trap 'true' INT TERM HUP
        kill "$server" ${worker:+"$worker"} 2>/dev/null || true
        wait "$server" ${worker:+"$worker"} 2>/dev/null || true
        kill -KILL -- "-$server" ${worker:+"-$worker"} 2>/dev/null || true
        exit "${1:-0}"
    }
    trap 'stop 0' INT TERM HUP

    until answers "$near" "$port"; do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
        ((++waited != 30)) || say "Still preparing; a first start takes longer."
    done
    keep_working & # begun only now: the first answer must not wait for it
    worker=$!
    ! kill -0 "$server" 2>/dev/null || say "Assay is at http://$host:$port – stop it with Ctrl-C."
    wait "$server" || status=$?
    stop "$status"
}

run_tests() {
    environment requirements-dev.txt
    system_packages
    translations
    if (($#)); then
        exec "$BIN/pytest" "$@"
    fi
    exec "$BIN/pytest" --numprocesses 2 --dist worksteal tests
}

check() {
    environment requirements-dev.txt
    translations
    local failed=()
    step() {
        local name=$1
        shift
        say "— $name"
        "$@" || failed+=("$name")
    }
    step "ruff check" "$BIN/ruff" check --quiet .
    step "ruff format" "$BIN/ruff" format --quiet --check .
    step "mypy" "$BIN/mypy" --no-error-summary
    step "import contracts" "$BIN/lint-imports" --no-logo
    step "templates" "$BIN/djlint" --quiet --lint templates
    step "house tests" "$BIN/pytest" --quiet tests/house
    ((${#failed[@]} == 0)) || die "Not in order: ${failed[*]}"
    say "All in order."
}

lock() {
    environment requirements-dev.txt
    local options=(--quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url) package
    for package in "$@"; do options+=(--upgrade-package "$package"); done
    export UV_CUSTOM_COMPILE_COMMAND="./run.sh lock"
    package_indexes
    "$BIN/uv" pip compile "${options[@]}" requirements-dev.in --output-file requirements-dev.txt
    "$BIN/uv" pip compile "${options[@]}" --constraint requirements-dev.txt requirements.in \
        --output-file requirements.txt
    environment requirements-dev.txt
}

main() {
    local command=${1:-serve}
    shift || true
    case $command in
        serve) serve ;;
        test) run_tests "$@" ;;
        check) check ;;
        flask)
            environment requirements.txt
            translations
            exec "$BIN/flask" "$@"
            ;;
        bench)
            [[ -f benchmarks/${1:-}.py ]] || die "Which one? ./run.sh bench fieldwork, pages or upload"
            environment requirements-dev.txt
            translations
            exec "$BIN/python" "benchmarks/$1.py" "${@:2}"
            ;;
        translate) translate ;;
        lock) lock "$@" ;;
        help | -h | --help) usage ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
}

main "$@"

#!/usr/bin/env bash
# Installs what Viva needs to build and run, and nothing that is there already.
#
#   scripts/setup.sh          what `make practice` needs: a C++ compiler, CMake, ALSA's headers, Rust
#   scripts/setup.sh --tests  also what the tests need: Go, Node, Python, Chromium, PulseAudio as a virtual sound device, cargo-nextest
#   scripts/setup.sh --checks also what `make check` needs: cargo-deny, cargo-machete
#
# Knows apt, dnf, pacman and brew. Says what it is about to install, and asks first when somebody is there to answer.
set -euo pipefail

for_tests=no
cargo_tools=()
case "${1:-}" in
    --tests) for_tests=yes; cargo_tools=(cargo-nextest) ;;
    --checks) cargo_tools=(cargo-deny cargo-machete) ;;
    "") ;;
    *) echo "usage: scripts/setup.sh [--tests|--checks]" >&2; exit 2 ;;
esac

have() { command -v "$1" >/dev/null 2>&1; }

manager() {
    for name in apt-get dnf pacman brew; do
        if have "$name"; then echo "$name"; return; fi
    done
}

# What is missing, as names that `package` below knows.
missing() {
    have cmake || echo cmake
    have c++ || have g++ || echo compiler
    have make || echo make
    if [ "$(uname -s)" = Linux ]; then
        have pkg-config || echo pkg-config
        { have pkg-config && pkg-config --exists alsa; } || echo alsa
    fi
    if [ "$for_tests" = yes ]; then
        have go || echo go
        have npm || echo npm
        { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; } || echo python-venv
        have chromium || have chromium-browser || have google-chrome || echo chromium
        if [ "$(uname -s)" = Linux ]; then
            have pulseaudio || echo pulseaudio
            have paplay || echo pulse-tools
            [ -n "$(find /usr/lib* /lib* -name 'libasound_module_pcm_pulse.so' -print -quit 2>/dev/null)" ] || echo alsa-plugins
        fi
    fi
}

# The package that brings $2 with the package manager $1.
package() {
    case "$1:$2" in
        apt-get:compiler) echo g++ ;;
        apt-get:alsa) echo libasound2-dev ;;
        apt-get:go) echo golang-go ;;
        apt-get:python-venv) echo python3-venv ;;
        apt-get:pulse-tools) echo pulseaudio-utils ;;
        apt-get:alsa-plugins) echo libasound2-plugins ;;
        dnf:compiler) echo gcc-c++ ;;
        dnf:alsa) echo alsa-lib-devel ;;
        dnf:go) echo golang ;;
        dnf:python-venv) echo python3 ;;
        dnf:pkg-config) echo pkgconf-pkg-config ;;
        dnf:pulse-tools) echo pulseaudio-utils ;;
        dnf:alsa-plugins) echo alsa-plugins-pulseaudio ;;
        pacman:compiler) echo gcc ;;
        pacman:alsa) echo alsa-lib ;;
        pacman:pkg-config) echo pkgconf ;;
        pacman:python-venv) echo python ;;
        pacman:pulse-tools) echo libpulse ;;
        pacman:alsa-plugins) echo alsa-plugins ;;
        brew:compiler) echo gcc ;;
        brew:npm) echo node ;;
        brew:python-venv) echo python ;;
        *) echo "$2" ;;
    esac
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install() {
    case "$1" in
        apt-get) as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${@:2}" ;;
        dnf) as_root dnf install -y -q "${@:2}" ;;
        pacman) as_root pacman -S --needed --noconfirm "${@:2}" ;;
        brew) brew install --quiet "${@:2}" ;;
    esac
}

if ! have cargo; then
    echo "viva: Rust is missing. Install it from https://rustup.rs, then run this again." >&2
    exit 1
fi

wanted=()
while IFS= read -r name; do wanted+=("$name"); done < <(missing)
if [ "${#wanted[@]}" != 0 ]; then
    manager=$(manager)
    if [ -z "$manager" ]; then
        echo "viva: please install: ${wanted[*]} (no known package manager was found)" >&2
        exit 1
    fi
    packages=()
    for name in "${wanted[@]}"; do packages+=("$(package "$manager" "$name")"); done
    echo "viva: about to install with $manager: ${packages[*]}" >&2
    if [ -t 0 ] && [ -z "${CI:-}" ]; then
        read -r -p "viva: continue? [Y/n] " reply
        case "$reply" in [nN]*) echo "viva: nothing was installed" >&2; exit 1 ;; esac
    fi
    install "$manager" "${packages[@]}" >&2
fi

# Built from source once; they stay in cargo's own folder of programs.
for tool in ${cargo_tools[@]+"${cargo_tools[@]}"}; do
    have "$tool" && continue
    echo "viva: building $tool (once)" >&2
    cargo install --locked --quiet "$tool" >&2
done

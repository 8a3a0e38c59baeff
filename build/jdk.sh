# Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0
#
# find_jdk: looks for a JDK that can build and run Quorate, in JAVA_HOME, on the PATH, then in the
# usual folders, without starting a JVM. Sets jdk (its folder) and jdk_version. For bash 3.2 and up.

oldest_jdk=21

# Sets jdk_version to the feature version of the JDK in folder $1, or to 0. No JVM is started.
read_version() {
  jdk_version=0
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  local line
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=*)
        line=${line#JAVA_VERSION=}
        line=${line//\"/}
        line=${line%$'\r'}
        line=${line%%[!0-9]*}
        jdk_version=${line:-0}
        return 0
        ;;
    esac
  done < "$1/release"
}

# Takes the JDK in folder $1 if it is new enough.
take() {
  read_version "$1"
  [ "$jdk_version" -ge "$oldest_jdk" ] || return 1
  jdk=$1
}

# Sets folders to those in which systems and their tools install JDKs.
usual_folders() {
  folders=(/usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/homebrew/opt/openjdk* \
    /usr/local/opt/openjdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.asdf/installs/java/* \
    "${HOME:-}"/.local/share/mise/installs/java/*)
}

find_jdk() {
  [ -n "${JAVA_HOME:-}" ] && take "$JAVA_HOME" && return 0
  local java link
  if java=$(command -v java); then
    while [ -L "$java" ]; do
      link=$(readlink "$java")
      case $link in
        /*) java=$link ;;
        *) java=$(dirname "$java")/$link ;;
      esac
    done
    take "$(cd -P "${java%/*}/.." 2>/dev/null && pwd)" && return 0
  fi
  # The newest of those in the usual folders.
  local home best= best_version=0
  local folders
  usual_folders
  for home in "${folders[@]}"; do
    read_version "$home"
    if [ "$jdk_version" -gt "$best_version" ]; then
      best=$home
      best_version=$jdk_version
    fi
  done
  [ -n "$best" ] && take "$best"
}

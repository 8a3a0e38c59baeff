// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.folder;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys as names of files. A part of a key between slashes becomes a name of small letters, digits,
 * {@code -} and {@code _}; every other byte of it becomes {@code %} and two hex digits, so that
 * file systems that fold case, or forbid some characters, keep all keys apart. The last name ends
 * in {@value #SUFFIX}: an object and a folder of the same key do not meet.
 */
final class KeyPaths {
  static final String SUFFIX = ".object";
  private static final int NAME_MAX = 255;
  private static final String HEX = "0123456789abcdef";

  private KeyPaths() {}

  /** The names of the folders and of the file of a key. */
  static List<String> names(String key) {
    List<String> names = folders(key);
    String last = key.substring(key.lastIndexOf('/') + 1);
    names.add(encode(last) + SUFFIX);
    return names;
  }

  /** The names of the folders of a key, or of what begins so. */
  static List<String> folders(String key) {
    List<String> names = new ArrayList<>();
    int start = 0;
    for (int slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', start)) {
      names.add(encode(key.substring(start, slash)));
      start = slash + 1;
    }
    return names;
  }

  /** Whether all names are short enough for file systems. */
  static boolean fits(List<String> names) {
    return names.stream().allMatch(name -> name.length() <= NAME_MAX);
  }

  /** The part of a key that became this name, without the suffix. */
  static String decode(String name) {
    if (name.equals("%")) {
      return "";
    }
    byte[] bytes = new byte[name.length()];
    int length = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '%') {
        bytes[length++] = (byte) Integer.parseInt(name, i + 1, i + 3, 16);
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static String encode(String part) {
    if (part.isEmpty()) {
      return "%";
    }
    StringBuilder name = new StringBuilder();
    for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_') {
        name.append((char) b);
      } else {
        name.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
      }
    }
    return name.toString();
  }
}

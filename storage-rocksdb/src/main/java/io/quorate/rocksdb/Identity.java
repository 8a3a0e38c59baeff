// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * To whom a data directory belongs.
 *
 * @param incarnation 32 hex digits drawn when the directory was made: a replica that lost its
 *     directory is another one, whatever its name
 * @param backend the protocol that wrote it; null if that is not known
 */
public record Identity(GroupId group, NodeId node, String incarnation, @Nullable String backend) {
  /** Version of the directory's layout. */
  static final int FORMAT = 1;

  /** Text of the identity file: readable, with a checksum in its last line. */
  String toText() {
    String lines =
        "format=%d\ngroup=%s\nnode=%s\nincarnation=%s\n".formatted(FORMAT, group, node, incarnation)
            + (backend == null ? "" : "backend=" + backend + "\n");
    return lines + "checksum=" + checksum(lines) + "\n";
  }

  /**
   * Reads the identity file.
   *
   * @throws IllegalArgumentException the text is damaged or of another format; says what is wrong
   */
  static Identity parse(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : text.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        fields.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    String format = fields.get("format");
    if (format != null && !format.equals(Integer.toString(FORMAT))) {
      throw new IllegalArgumentException(
          "it has format " + format + ", this release reads format " + FORMAT);
    }
    int end = text.indexOf("checksum=");
    if (end < 0 || !checksum(text.substring(0, end)).equals(fields.get("checksum"))) {
      throw new IllegalArgumentException("it is damaged: its checksum does not match");
    }
    return new Identity(
        GroupId.of(field(fields, "group")),
        NodeId.of(field(fields, "node")),
        field(fields, "incarnation"),
        fields.get("backend"));
  }

  private static String field(Map<String, String> fields, String name) {
    @Nullable String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("it has no line \"" + name + "=\"");
    }
    return value;
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}

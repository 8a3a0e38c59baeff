// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import com.sun.net.httpserver.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/** Bodies of requests: whole, unpacked and with the checksums that their headers promise. */
final class Bodies {
  private static final int BYTES_MAX = 256 << 20;
  private static final String CHECKSUM = "x-amz-checksum-";
  private static final int SHA256_HEX_LENGTH = 64;

  private Bodies() {}

  /**
   * Reads a body.
   *
   * @throws EOFException if the connection ended before the body
   * @throws S3Error if it is not what its headers say
   */
  static byte[] read(Headers headers, InputStream in) throws IOException, S3Error {
    byte[] sent = in.readNBytes(BYTES_MAX + 1);
    if (sent.length > BYTES_MAX) {
      throw new S3Error(400, "EntityTooLarge", "the body is larger than this server takes");
    }
    requireLength(headers.getFirst("Content-Length"), sent);
    Map<String, String> trailers = new TreeMap<>();
    byte[] body = sent;
    String sha256 = headers.getFirst("x-amz-content-sha256");
    if (sha256 != null && sha256.startsWith("STREAMING-")) {
      body = unchunk(sent, trailers);
      requireLength(headers.getFirst("x-amz-decoded-content-length"), body);
    } else if (sha256 != null && sha256.length() == SHA256_HEX_LENGTH) {
      requireEqual(
          "XAmzContentSHA256Mismatch",
          sha256.toLowerCase(Locale.ROOT),
          HexFormat.of().formatHex(digest("SHA-256", body)));
    }
    String md5 = headers.getFirst("Content-MD5");
    if (md5 != null) {
      requireEqual("BadDigest", md5, Base64.getEncoder().encodeToString(digest("MD5", body)));
    }
    for (String name : headers.keySet()) {
      String value = headers.getFirst(name);
      if (value != null) {
        verify(name.toLowerCase(Locale.ROOT), value, body);
      }
    }
    for (Map.Entry<String, String> trailer : trailers.entrySet()) {
      verify(trailer.getKey(), trailer.getValue(), body);
    }
    return body;
  }

  private static void requireLength(@Nullable String length, byte[] bytes) throws EOFException {
    if (length != null && Long.parseLong(length.trim()) != bytes.length) {
      throw new EOFException("the body ended after %d bytes".formatted(bytes.length));
    }
  }

  private static void requireEqual(String code, String promised, String found) throws S3Error {
    if (!promised.equals(found)) {
      throw new S3Error(
          400, code, "the headers promise %s, the body has %s".formatted(promised, found));
    }
  }

  /** Unpacks {@code size;chunk-signature=… CRLF bytes CRLF … 0 CRLF trailers CRLF}. */
  private static byte[] unchunk(byte[] sent, Map<String, String> trailers)
      throws IOException, S3Error {
    InputStream in = new ByteArrayInputStream(sent);
    ByteArrayOutputStream body = new ByteArrayOutputStream(sent.length);
    while (true) {
      String head = line(in);
      int size;
      try {
        size = Integer.parseInt(head.split(";", 2)[0].trim(), 16);
      } catch (NumberFormatException e) {
        throw S3Error.invalid("a chunk begins with " + head);
      }
      if (size == 0) {
        break;
      }
      byte[] chunk = in.readNBytes(size);
      if (chunk.length < size || !line(in).isEmpty()) {
        throw new EOFException("a chunk is cut short");
      }
      body.writeBytes(chunk);
    }
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String[] pair = line.split(":", 2);
      trailers.put(pair[0].trim().toLowerCase(Locale.ROOT), pair.length < 2 ? "" : pair[1].trim());
    }
    return body.toByteArray();
  }

  /** The next line; empty at the end. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.US_ASCII);
  }

  /** Checks one header or trailer if it is a checksum of a kind that the JDK has. */
  private static void verify(String name, String value, byte[] body) throws S3Error {
    if (!name.startsWith(CHECKSUM)) {
      return;
    }
    byte[] found =
        switch (name.substring(CHECKSUM.length())) {
          case "crc32" -> checksum(new CRC32(), body);
          case "crc32c" -> checksum(new CRC32C(), body);
          case "sha1" -> digest("SHA-1", body);
          case "sha256" -> digest("SHA-256", body);
          default -> null;
        };
    if (found != null) {
      requireEqual("BadDigest", value, Base64.getEncoder().encodeToString(found));
    }
  }

  private static byte[] checksum(Checksum checksum, byte[] body) {
    checksum.update(body);
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) checksum.getValue()).array();
  }

  private static byte[] digest(String algorithm, byte[] body) {
    try {
      return MessageDigest.getInstance(algorithm).digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.samples.kv.KvResult.Item;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Keys and values to load, in an order that is the same each time. */
interface LoadSource {

  /** Reads one after the other. */
  interface Lines extends AutoCloseable {
    /** The next key and value; null after the last. The revision is not used. */
    @Nullable Item next() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Name of the load: the same for the same keys and values in the same order. */
  String id();

  /** How many there are. */
  long count();

  /** Begins from the first. */
  Lines open() throws IOException;

  /** A made-up load. */
  record Generated(long count, int valueBytes, String prefix) implements LoadSource {
    @Override
    public String id() {
      return "generated " + prefix + " " + count + " x " + valueBytes;
    }

    @Override
    public Lines open() {
      SplittableRandom random = new SplittableRandom(1);
      return new Lines() {
        private long made;

        @Override
        public @Nullable Item next() {
          if (made == count) {
            return null;
          }
          StringBuilder value = new StringBuilder(valueBytes);
          while (value.length() < valueBytes) {
            value.append((char) ('a' + random.nextInt(26)));
          }
          return new Item(String.format("%s%09d", prefix, ++made), value.toString(), 0);
        }

        @Override
        public void close() {}
      };
    }
  }

  /** A file with one JSON object a line; blank lines do not count. */
  record NdjsonFile(Path file, String id, long count) implements LoadSource {

    /**
     * Reads the whole file once: checks every line, counts, and names the load by its content.
     *
     * @throws CommandFailure the file cannot be read, or a line is not what it should be
     */
    static NdjsonFile check(Path file) {
      try {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        long count = 0;
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256);
            FileLines lines = new FileLines(in)) {
          while (lines.next() != null) {
            count++;
          }
        }
        return new NdjsonFile(file, HexFormat.of().formatHex(sha256.digest(), 0, 16), count);
      } catch (CommandFailure e) {
        throw CommandFailure.wrongUse(file + ", " + e.getMessage());
      } catch (IOException e) {
        throw CommandFailure.wrongUse(
            "the file " + file + (Files.exists(file) ? " cannot be read" : " does not exist"));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    @Override
    public Lines open() throws IOException {
      return new FileLines(Files.newInputStream(file));
    }
  }

  /** Lines of a file, each checked. */
  final class FileLines implements Lines {
    private final BufferedReader reader;
    private long line;

    FileLines(InputStream in) {
      reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
    }

    @Override
    public @Nullable Item next() throws IOException {
      String text = reader.readLine();
      line++;
      while (text != null && text.isBlank()) {
        text = reader.readLine();
        line++;
      }
      return text == null ? null : parse(text);
    }

    private Item parse(String text) {
      JsonNode json;
      try {
        json = Json.parse(text);
      } catch (JsonProcessingException e) {
        throw CommandFailure.wrongUse("line " + line + " is not JSON: " + e.getOriginalMessage());
      }
      JsonNode key = json.get("key");
      JsonNode value = json.get("value");
      if (key == null || !key.isTextual() || value == null) {
        throw CommandFailure.wrongUse(
            "line " + line + " must be an object like {\"key\":\"a\",\"value\":\"b\"}");
      }
      return new Item(key.textValue(), value.isTextual() ? value.textValue() : value.toString(), 0);
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}

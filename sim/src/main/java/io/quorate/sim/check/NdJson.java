// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import io.quorate.api.ReadConsistency;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events of a history as lines of JSON; reads the flat objects that it writes. */
final class NdJson {
  private final String line;
  private int at;

  private NdJson(String line) {
    this.line = line;
  }

  static void invoke(
      StringBuilder out,
      int id,
      int client,
      Call call,
      @Nullable ReadConsistency consistency,
      long nanos) {
    out.append("{\"type\":\"invoke\",\"op\":").append(id);
    out.append(",\"client\":").append(client).append(",\"f\":");
    string(out, call.function());
    out.append(",\"key\":");
    string(out, call.key());
    out.append(",\"args\":[");
    for (int i = 0; i < call.arguments().size(); i++) {
      out.append(i == 0 ? "" : ",");
      string(out, call.argument(i));
    }
    out.append(']');
    if (consistency != null) {
      out.append(",\"read\":");
      string(out, text(consistency));
    }
    out.append(",\"time\":").append(nanos).append('}');
  }

  static void ok(StringBuilder out, int id, Answer answer, long index, long nanos) {
    out.append("{\"type\":\"ok\",\"op\":").append(id).append(",\"value\":");
    String value = answer.value();
    if (value == null) {
      out.append("null");
    } else {
      string(out, value);
    }
    out.append(",\"index\":").append(index).append(",\"time\":").append(nanos).append('}');
  }

  static void ended(StringBuilder out, String type, int id, String why, long nanos) {
    out.append("{\"type\":\"").append(type).append("\",\"op\":").append(id).append(",\"why\":");
    string(out, why);
    out.append(",\"time\":").append(nanos).append('}');
  }

  static String hint(int id, long index) {
    return "{\"type\":\"hint\",\"op\":" + id + ",\"index\":" + index + ",\"time\":0}";
  }

  /** Records the event on this line. */
  static void replay(String line, History history) throws IOException {
    Map<String, @Nullable Object> fields = new NdJson(line).object();
    int op = (int) number(fields, "op", line);
    long time = number(fields, "time", line);
    String type = text(fields, "type", line);
    switch (type) {
      case "invoke" -> {
        List<String> arguments = new ArrayList<>();
        if (fields.get("args") instanceof List<?> list) {
          list.forEach(argument -> arguments.add(String.valueOf(argument)));
        }
        Call call = new Call(text(fields, "f", line), text(fields, "key", line), arguments);
        Object read = fields.get("read");
        int id =
            history.call(
                (int) number(fields, "client", line),
                call,
                read == null ? null : consistency(String.valueOf(read)),
                time);
        if (id != op) {
          throw new IOException("operation " + op + " is out of order: " + line);
        }
      }
      case "ok" -> {
        Object value = fields.get("value");
        history.ok(
            op, value == null ? null : value.toString(), number(fields, "index", line), time);
      }
      case "hint" -> history.hint(op, number(fields, "index", line));
      case "fail" -> history.fail(op, text(fields, "why", line), time);
      case "info" -> history.info(op, text(fields, "why", line), time);
      default -> throw new IOException("type " + type + " is unknown: " + line);
    }
  }

  private static String text(ReadConsistency consistency) {
    return switch (consistency) {
      case ReadConsistency.Linearizable l -> "linearizable";
      case ReadConsistency.Lease l -> "lease";
      case ReadConsistency.Bounded b -> "bounded:" + b.maxStaleness().toNanos();
      case ReadConsistency.Local l -> "local:" + l.minIndex();
    };
  }

  private static ReadConsistency consistency(String text) throws IOException {
    int colon = text.indexOf(':');
    long number = colon < 0 ? 0 : Long.parseLong(text.substring(colon + 1));
    return switch (colon < 0 ? text : text.substring(0, colon)) {
      case "linearizable" -> ReadConsistency.LINEARIZABLE;
      case "lease" -> ReadConsistency.LEASE;
      case "bounded" -> ReadConsistency.bounded(Duration.ofNanos(number));
      case "local" -> ReadConsistency.local(number);
      default -> throw new IOException("read consistency " + text + " is unknown");
    };
  }

  private static long number(Map<String, @Nullable Object> fields, String name, String line)
      throws IOException {
    if (fields.get(name) instanceof Long number) {
      return number;
    }
    throw new IOException("no number " + name + " in " + line);
  }

  private static String text(Map<String, @Nullable Object> fields, String name, String line)
      throws IOException {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw new IOException("no text " + name + " in " + line);
  }

  private static void string(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private Map<String, @Nullable Object> object() throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    expect('{');
    while (peek() != '}') {
      if (!fields.isEmpty()) {
        expect(',');
      }
      String name = string();
      expect(':');
      fields.put(name, value());
    }
    return fields;
  }

  private @Nullable Object value() throws IOException {
    char first = peek();
    if (first == '"') {
      return string();
    }
    if (first == '[') {
      return array();
    }
    int from = at;
    while (at < line.length() && ",}] ".indexOf(line.charAt(at)) < 0) {
      at++;
    }
    String word = line.substring(from, at);
    if (word.equals("null")) {
      return null;
    }
    try {
      return Long.valueOf(word);
    } catch (NumberFormatException e) {
      throw new IOException("unexpected " + word + " in " + line, e);
    }
  }

  private List<@Nullable Object> array() throws IOException {
    List<@Nullable Object> values = new ArrayList<>();
    expect('[');
    while (peek() != ']') {
      if (!values.isEmpty()) {
        expect(',');
      }
      values.add(value());
    }
    expect(']');
    return values;
  }

  private String string() throws IOException {
    expect('"');
    StringBuilder text = new StringBuilder();
    while (at < line.length() && line.charAt(at) != '"') {
      char c = line.charAt(at);
      at++;
      if (c == '\\') {
        text.append(escaped());
      } else {
        text.append(c);
      }
    }
    expect('"');
    return text.toString();
  }

  private char escaped() throws IOException {
    char c = peek();
    at++;
    if (c != 'u') {
      return switch (c) {
        case 'n' -> '\n';
        case 't' -> '\t';
        case 'r' -> '\r';
        case 'b' -> '\b';
        case 'f' -> '\f';
        default -> c;
      };
    }
    if (at + 4 > line.length()) {
      throw new IOException("line ends in an escape: " + line);
    }
    char value = (char) Integer.parseInt(line.substring(at, at + 4), 16);
    at += 4;
    return value;
  }

  private char peek() throws IOException {
    while (at < line.length() && line.charAt(at) == ' ') {
      at++;
    }
    if (at >= line.length()) {
      throw new IOException("line ends too early: " + line);
    }
    return line.charAt(at);
  }

  private void expect(char wanted) throws IOException {
    if (peek() != wanted) {
      throw new IOException("expected " + wanted + " at column " + at + " of " + line);
    }
    at++;
  }
}

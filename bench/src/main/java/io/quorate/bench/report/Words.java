// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;

/** Numbers of {@code results.json} as people read them; no digit is added or dropped. */
final class Words {
  private Words() {}

  /** With its unit: {@code 1.63 ms}, {@code $0.0021}, {@code 33,646}. */
  static String figure(BigDecimal value, String unit) {
    String digits = number(value);
    return switch (unit) {
      case "" -> digits;
      case "$" -> "$" + digits;
      default -> digits + " " + unit;
    };
  }

  /** With its unit, of a number of the file. */
  static String figure(JsonNode value, String unit) {
    return figure(value.decimalValue(), unit);
  }

  /** Commas between thousands. */
  static String number(BigDecimal value) {
    String plain = value.toPlainString();
    int point = plain.indexOf('.');
    String whole = point < 0 ? plain : plain.substring(0, point);
    StringBuilder grouped = new StringBuilder();
    int digits = whole.startsWith("-") ? 1 : 0;
    grouped.append(whole, 0, digits);
    for (int i = digits; i < whole.length(); i++) {
      if (i > digits && (whole.length() - i) % 3 == 0) {
        grouped.append(',');
      }
      grouped.append(whole.charAt(i));
    }
    return point < 0 ? grouped.toString() : grouped.append(plain.substring(point)).toString();
  }

  /** Commas between thousands. */
  static String number(long value) {
    return number(BigDecimal.valueOf(value));
  }

  /** {@code a}, {@code a and b}, {@code a, b and c}. */
  static String list(List<String> words) {
    return joined(words, " and ");
  }

  /** {@code a}, {@code a or b}, {@code a, b or c}. */
  static String choice(List<String> words) {
    return joined(words, " or ");
  }

  private static String joined(List<String> words, String last) {
    return words.size() < 2
        ? String.join("", words)
        : String.join(", ", words.subList(0, words.size() - 1))
            + last
            + words.get(words.size() - 1);
  }
}

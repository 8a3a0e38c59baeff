// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state machine of the contract: named numbers and a diary, all in text.
 *
 * <ul>
 *   <li>{@code add NAME N} answers the new number
 *   <li>{@code note WORD} adds a word to the diary and answers its place
 *   <li>{@code fail WORD} adds a word to the diary, and throws
 *   <li>queries: {@code get NAME}; {@code diary}, separated by blanks; {@code index} of the last
 *       command
 * </ul>
 */
public final class TallyMachine implements StateMachine {
  private final TreeMap<String, Long> numbers = new TreeMap<>();
  private final StringBuilder diary = new StringBuilder();
  private long words;
  private long lastIndex;

  /** A command or a query as bytes. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** An answer as text. */
  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public String name() {
    return "tally";
  }

  @Override
  public byte[] apply(byte[] command, ApplyContext context) {
    lastIndex = context.index();
    String[] words = text(command).split(" ", 3);
    return switch (words[0]) {
      case "add" -> bytes("" + numbers.merge(words[1], Long.valueOf(words[2]), Long::sum));
      case "note" -> note(words[1]);
      case "fail" -> {
        note(words[1]);
        throw new IllegalStateException("fails on purpose: " + words[1]);
      }
      default -> throw new IllegalArgumentException("unknown command " + words[0]);
    };
  }

  private byte[] note(String word) {
    diary.append(diary.isEmpty() ? "" : " ").append(word);
    words++;
    return bytes("" + words);
  }

  @Override
  public byte[] query(byte[] query) {
    List<String> words = List.of(text(query).split(" ", 2));
    return switch (words.get(0)) {
      case "get" -> bytes("" + numbers.getOrDefault(words.get(1), 0L));
      case "diary" -> bytes(diary.toString());
      case "index" -> bytes("" + lastIndex);
      default -> throw new IllegalArgumentException("unknown query " + words.get(0));
    };
  }

  @Override
  public SnapshotSource capture() {
    StringBuilder state = new StringBuilder();
    state.append(lastIndex).append('\n').append(words).append('\n').append(diary).append('\n');
    for (Map.Entry<String, Long> number : numbers.entrySet()) {
      state.append(number.getKey()).append(' ').append(number.getValue()).append('\n');
    }
    byte[] bytes = bytes(state.toString());
    return out -> out.write(bytes);
  }

  @Override
  public void restore(InputStream in, int version) throws IOException {
    String[] lines = text(in.readAllBytes()).split("\n", -1);
    lastIndex = Long.parseLong(lines[0]);
    words = Long.parseLong(lines[1]);
    diary.setLength(0);
    diary.append(lines[2]);
    numbers.clear();
    for (int i = 3; i < lines.length - 1; i++) {
      int blank = lines[i].indexOf(' ');
      numbers.put(lines[i].substring(0, blank), Long.valueOf(lines[i].substring(blank + 1)));
    }
  }
}

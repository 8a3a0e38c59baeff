// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SideBySideTest {
  private static final long SECOND = 1_000_000_000;

  private static TraceLine line(long nanos, TraceKind kind, String at, String what) {
    return new TraceLine(1, nanos, kind, at, null, what);
  }

  @Test
  void eachRunHasAColumnAndTimeRunsDown() {
    SideBySide together = new SideBySide();
    together.add(
        "one",
        List.of(
            line(SECOND, TraceKind.SEND, "n1", "not told"),
            line(SECOND, TraceKind.COMMIT, "n1", "1"),
            line(2 * SECOND, TraceKind.FAULT, "world", "crash n1"),
            line(4 * SECOND, TraceKind.COMMIT, "n2", "2")));
    together.add("two", List.of(line(3 * SECOND, TraceKind.ROLE, "n3", "leader of epoch 2")));

    List<String> lines = together.draw().lines().toList();

    assertThat(lines.get(0)).matches(" +one +two");
    assertThat(lines).anyMatch(text -> text.matches("messages between replicas +1 +0"));
    assertThat(lines)
        .anyMatch(text -> text.matches("longest time without a commit +3000 ms +0 ms"));
    assertThat(lines.get(lines.size() - 2)).isEqualTo("    2.000000  FAULT crash n1");
    assertThat(lines.get(lines.size() - 1)).matches(" {4}3.000000 {40,}n3 leader of epoch 2");
    assertThat(together.draw()).doesNotContain("not told");
  }
}

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import io.quorate.vsr.message.Incarnation;
import io.quorate.vsr.message.LogShape;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SuperblockTest {
  private static final LogShape TARGET =
      new LogShape(
          5, 2, List.of(new LogShape.Run(6, 2), new LogShape.Run(8, 4)), 9, new ChainHash(11, 12));

  private static final List<Incarnation> INCARNATIONS =
      List.of(new Incarnation(NodeId.of("a"), 1, -9), new Incarnation(NodeId.of("node-2"), 30, 9));

  @Test
  void comesBackAsItWas() {
    for (Superblock block :
        List.of(
            Superblock.NONE,
            new Superblock(7, 4, false, null),
            new Superblock(7, 4, true, TARGET),
            Superblock.LOST,
            new Superblock(7, 4, true, TARGET, true, INCARNATIONS),
            new Superblock(7, 4, false, null, false, INCARNATIONS),
            new Superblock(7, 4, false, TARGET.cutAfter(8)))) {
      assertThat(Superblock.decode(block.encode())).isEqualTo(block);
    }
  }

  @Test // what version 1 wrote is still read, and still written
  void oldBytesStillDecode() {
    String muted = "010100000000000000000700000000000000040000000000000071d8ed27";
    String withTarget =
        "0106000000000000000007000000000000000400000000000000050000000000"
            + "0000020000000000000009000000000000000b000000000000000c0000000000"
            + "0000020000000600000000000000020000000000000008000000000000000400"
            + "000000000000e8c4a9f5";
    assertGolden(muted, new Superblock(7, 4, true, null));
    assertGolden(withTarget, new Superblock(7, 4, false, TARGET));
  }

  private static void assertGolden(String hex, Superblock block) {
    assertThat(Superblock.decode(HexFormat.of().parseHex(hex))).isEqualTo(block);
    assertThat(HexFormat.of().formatHex(block.encode())).isEqualTo(hex);
  }

  @Test
  void everyDamagedBitIsNoticed() {
    byte[] whole = new Superblock(7, 4, false, TARGET, false, INCARNATIONS).encode();
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> Superblock.decode(damaged))
          .isInstanceOf(InvariantViolation.class)
          .hasMessageContaining("keep this replica stopped");
    }
    assertThatThrownBy(() -> Superblock.decode(new byte[3])).isInstanceOf(InvariantViolation.class);
  }
}

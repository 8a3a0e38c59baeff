// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BytesTest {

  @Test
  void numbersAreLittleEndian() {
    byte[] bytes = new byte[14];
    Bytes.putInt(bytes, 1, 0x04030201);
    Bytes.putLong(bytes, 5, 0x0C0B0A0908070605L);
    assertThat(bytes).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0);
  }

  @Test
  void readsWhatItWroteAtAnyOffset() {
    var random = new Random(1);
    byte[] bytes = new byte[64];
    for (int i = 0; i < 10_000; i++) {
      int offset = random.nextInt(bytes.length - 8);
      long value = random.nextLong();
      Bytes.putLong(bytes, offset, value);
      assertThat(Bytes.getLong(bytes, offset)).isEqualTo(value);
      assertThat(Bytes.getInt(bytes, offset)).isEqualTo((int) value);
      Bytes.putInt(bytes, offset + 4, (int) value);
      assertThat(Bytes.getLong(bytes, offset)).isEqualTo((value << 32) | (value & 0xFFFFFFFFL));
    }
  }

  @Test
  void refusesToReachBeyondTheArray() {
    byte[] bytes = new byte[8];
    assertThatThrownBy(() -> Bytes.getLong(bytes, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Bytes.putInt(bytes, 5, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Bytes.getInt(bytes, -1)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class StateDigestTest {
  private static StateDigest digest(long slot, int version, int... bytes) {
    byte[] digest = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      digest[i] = (byte) bytes[i];
    }
    return new StateDigest(slot, version, digest);
  }

  @Test
  void isEncodedForAllReleases() {
    StateDigest digest = digest(512, 3, 0xab, 0xcd);
    String golden = "0002000000000000" + "03000000" + "abcd";
    assertThat(HexFormat.of().formatHex(digest.encode())).isEqualTo(golden);
    assertThat(StateDigest.decode(HexFormat.of().parseHex(golden))).isEqualTo(digest);
  }

  @Test
  void whatIsNoDigestIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> StateDigest.decode(new byte[5]));
    assertThatIllegalArgumentException().isThrownBy(() -> StateDigest.decode(new byte[12]));
    assertThatIllegalArgumentException().isThrownBy(() -> StateDigest.decode(new byte[12 + 65]));
  }

  @Test
  void onlyWhatIsKnownAndOfOneVersionIsCompared() {
    StateDigests own = new StateDigests();
    own.add(digest(256, 1, 7));
    own.add(digest(512, 1, 8));
    assertThat(own.latest()).isEqualTo(digest(512, 1, 8));
    assertThatCode(
            () -> {
              own.compare(digest(256, 1, 7));
              own.compare(digest(512, 1, 8));
              own.compare(digest(768, 1, 9));
              own.compare(digest(512, 2, 9));
            })
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> own.compare(digest(256, 1, 6)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("its digest is 07 after slot 256, the leader's 06 after slot 256");
    own.clear();
    assertThatCode(() -> own.compare(digest(256, 1, 6))).doesNotThrowAnyException();
  }
}

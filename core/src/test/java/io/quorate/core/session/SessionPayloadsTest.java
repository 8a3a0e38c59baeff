// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.SessionOptions;
import io.quorate.api.SessionOptions.Order;
import io.quorate.core.log.Bytes;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Formats of the payloads; the hex strings are golden: old bytes must decode for ever. */
class SessionPayloadsTest {

  @Test
  void openingIsAsItWasInTheFirstRelease() {
    var nonce = new Nonce(0x0102030405060708L, -2);
    var options = new SessionOptions(Order.NONE, Duration.ofSeconds(90));
    var request = new OpenSession(nonce, Order.NONE, Duration.ofSeconds(90).toNanos());
    String golden =
        "0102000000000000" + "0807060504030201" + "feffffffffffffff" + "00046bf414000000";
    assertThat(HexFormat.of().formatHex(request.encode())).isEqualTo(golden);
    assertThat(OpenSession.request(nonce, options)).isEqualTo(request.encode());
    assertThat(OpenSession.decode(HexFormat.of().parseHex(golden))).isEqualTo(request);
  }

  @Test
  void malformedOpeningsAreRefusedWithAReason() {
    byte[] good = new OpenSession(new Nonce(1, 2), Order.SUBMISSION, 5).encode();
    byte[] version = good.clone();
    version[0] = 2;
    byte[] order = good.clone();
    order[1] = 3;
    byte[] ttl = good.clone();
    Bytes.putLong(ttl, 24, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenSession.decode(new byte[31]))
        .withMessageContaining("31 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenSession.decode(version))
        .withMessageContaining("format 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenSession.decode(order))
        .withMessageContaining("order 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenSession.decode(ttl))
        .withMessageContaining("positive");
  }

  @Test
  void anExpiryLeftToTheGroupIsFilledInBeforeItIsLogged() {
    var nonce = new Nonce(1, 2);
    byte[] open = OpenSession.request(nonce, SessionOptions.DEFAULT);
    byte[] framed = new byte[3 + OpenSession.BYTES];
    System.arraycopy(open, 0, framed, 3, open.length);
    assertThat(OpenSession.leavesExpiryOpen(framed, 3, open.length)).isTrue();
    assertThatIllegalArgumentException().isThrownBy(() -> OpenSession.decode(open));
    byte[] decided = OpenSession.withExpiry(framed, 3, 77);
    assertThat(OpenSession.decode(decided)).isEqualTo(new OpenSession(nonce, Order.SUBMISSION, 77));
    assertThat(OpenSession.leavesExpiryOpen(decided, 0, decided.length)).isFalse();
    assertThat(OpenSession.leavesExpiryOpen(new byte[31], 0, 31)).isFalse();
  }

  @Test
  void theResultOfAnOpeningIsTheIdAndTheExpiry() {
    byte[] result = OpenSession.encodeResult(258, 3);
    assertThat(result).containsExactly(2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0);
    assertThat(OpenSession.decodeResult(result)).isEqualTo(new OpenSession.Opened(258, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> OpenSession.decodeResult(new byte[7]));
  }

  @Test
  void keepAliveListsIds() {
    byte[] payload = KeepAlive.encode(new long[] {5, 6, 7}, 2);
    assertThat(payload).hasSize(16);
    assertThat(KeepAlive.decode(payload)).containsExactly(5, 6);
    assertThatIllegalArgumentException().isThrownBy(() -> KeepAlive.decode(new byte[9]));
  }

  @Test
  void expiryCarriesItsCutoff() {
    assertThat(ExpireSessions.decode(ExpireSessions.encode(-77))).isEqualTo(-77);
    assertThatIllegalArgumentException().isThrownBy(() -> ExpireSessions.decode(new byte[0]));
  }

  @Test
  void limitsUnderWhichNothingWorksAreRefused() {
    assertThatThrownBy(() -> new SessionLimits(1, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("inFlightMax");
    assertThat(SessionLimits.DEFAULT.inFlightMax()).isEqualTo(1_024);
  }

  @Test
  void aSessionInASnapshotIsAsItWasInTheFirstRelease() {
    var table = new SessionTable(new SessionLimits(10, 16, 520, 1_000));
    table.grace(5);
    table.open(new OpenSession(new Nonce(1, 2), Order.SUBMISSION, 900), 4, 3, 1_000);
    table.begin(4, 1, 1, 1_001);
    table.executed(5, 3, new byte[] {9, 8});
    table.begin(4, 2, 1, 1_002);
    table.failed(6, 3, "no");
    table.begin(4, 3, 1, 1_003);
    table.executed(7, 3, new byte[10]);
    FrozenSessions frozen = table.freeze();
    String header =
        "0500000000000000" + "01000000" + "0a0000001000000008020000e8030000" + "00000000";
    String session =
        ("0400000000000000 0300000000000000 0100000000000000 0200000000000000"
                + "8403000000000000 eb03000000000000 0100000000000000 0300000000000000"
                + "01000000 03000000"
                + "0100000000000000 0500000000000000 0300000000000000 01000000 02000000 0908"
                + "0200000000000000 0600000000000000 0300000000000000 02000000 02000000 6e6f"
                + "0300000000000000 0700000000000000 0300000000000000 03000000 00000000")
            .replace(" ", "");
    assertThat(HexFormat.of().formatHex(frozen.header())).isEqualTo(header);
    assertThat(HexFormat.of().formatHex(frozen.session(0))).isEqualTo(session);
    SessionTable restored = SessionTable.ofHeader(HexFormat.of().parseHex(header));
    restored.load(HexFormat.of().parseHex(session));
    assertThat(restored.digest()).isEqualTo(table.digest());
  }

  @Test
  void aSessionCutOffAnywhereIsRefused() {
    var table = new SessionTable(SessionLimits.DEFAULT);
    table.open(new OpenSession(new Nonce(1, 2), Order.NONE, 900), 4, 3, 1_000);
    table.begin(4, 3, 2, 1_001);
    table.executed(5, 3, new byte[] {9, 8});
    FrozenSessions frozen = table.freeze();
    byte[] whole = frozen.session(0);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      var restored = SessionTable.ofHeader(frozen.header());
      assertThatIllegalArgumentException().isThrownBy(() -> restored.load(part));
    }
    var twice = SessionTable.ofHeader(frozen.header());
    twice.load(whole);
    assertThatIllegalArgumentException().isThrownBy(() -> twice.load(whole));
  }
}

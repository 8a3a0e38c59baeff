// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointTest {

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1:7101", "host.example:0", "[::1]:7101", "localhost:65535"})
  void readsWhatItPrints(String text) {
    assertThat(Endpoint.parse(text)).hasToString(text);
  }

  @Test
  void takesIpv6Apart() {
    assertThat(Endpoint.parse("[fe80::1]:80")).isEqualTo(new Endpoint("fe80::1", 80));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", ":80", "host:", "host:x", "::1:80", "host:65536", "host:-1"})
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}

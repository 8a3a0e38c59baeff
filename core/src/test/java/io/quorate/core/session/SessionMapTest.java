// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.SessionOptions.Order;
import io.quorate.core.check.InvariantViolation;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionMapTest {
  private static Session session(long id) {
    return new Session(id, 1, new Nonce(0, id), Order.NONE, 1, 1, new Window(1, 0), 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void behavesAsAMapThroughGrowthAndRemoval(int seed) {
    var random = new Random(seed);
    var map = new SessionMap();
    var model = new TreeMap<Long, Session>();
    for (int step = 0; step < 50_000; step++) {
      // Few distinct ids, some of them far apart, so that probes run into each other and wrap.
      long id = 1 + random.nextInt(400) * (random.nextInt(8) == 0 ? 1L << 40 : 1L);
      int position = map.find(id);
      assertThat(position >= 0).isEqualTo(model.containsKey(id));
      if (position >= 0) {
        assertThat(map.at(position)).isSameAs(model.get(id));
        if (random.nextBoolean()) {
          map.remove(id);
          model.remove(id);
        } else {
          map.replace(position, session(id));
          model.put(id, map.at(position));
        }
      } else {
        Session added = session(id);
        map.add(added);
        model.put(id, added);
      }
      assertThat(map.size()).isEqualTo(model.size());
    }
    assertThat(map.toArray()).containsExactlyInAnyOrderElementsOf(model.values());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 99})
  void refusesDuplicates(long id) {
    var map = new SessionMap();
    map.add(session(id));
    assertThatThrownBy(() -> map.add(session(id))).isInstanceOf(InvariantViolation.class);
  }
}

// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import io.quorate.bench.compare.CounterMachine;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The counters behind SOFAJRaft. It applies on one thread; reads come from others. */
final class CounterStateMachine extends StateMachineAdapter {
  private final CounterMachine counters;
  private volatile long applied;

  CounterStateMachine(CounterMachine counters) {
    this.counters = counters;
  }

  @Override
  public void onApply(Iterator entries) {
    while (entries.hasNext()) {
      ByteBuffer data = entries.getData();
      byte[] command = new byte[data.remaining()];
      data.duplicate().get(command);
      byte[] answer;
      synchronized (counters) {
        answer = counters.apply(command);
      }
      applied = entries.getIndex();
      // Only the replica that took the command has somebody to answer.
      @Nullable Closure done = entries.done();
      if (done instanceof Write write) {
        write.answer(answer);
      }
      if (done != null) {
        done.run(Status.OK());
      }
      entries.next();
    }
  }

  byte[] answer(byte[] query) {
    synchronized (counters) {
      return counters.query(query);
    }
  }

  /** Log index of the last command that was applied. */
  long applied() {
    return applied;
  }
}

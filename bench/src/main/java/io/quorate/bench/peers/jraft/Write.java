// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A command on its way through the log, and who waits for its answer. */
final class Write implements Closure {
  private final RpcContext caller;
  private byte @Nullable [] answer;

  Write(RpcContext caller) {
    this.caller = caller;
  }

  void answer(byte[] bytes) {
    answer = bytes;
  }

  @Override
  public void run(Status status) {
    caller.sendResponse(response(status));
  }

  private Message response(Status status) {
    byte[] bytes = answer;
    if (status.isOk() && bytes != null) {
      return new Message(Message.ANSWER, bytes);
    }
    if (status.getRaftError() == RaftError.EBUSY) {
      return new Message(Message.BUSY, new byte[0]);
    }
    // A leader that stepped down says the same of what it never logged and of what it had logged.
    return new Message(Message.UNCLEAR, String.valueOf(status).getBytes(StandardCharsets.UTF_8));
  }
}

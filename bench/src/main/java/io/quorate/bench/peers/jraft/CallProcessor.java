// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes calls of clients: commands into the log, queries after a read index. */
final class CallProcessor implements RpcProcessor<Message> {
  private final Supplier<@Nullable Node> node;
  private final CounterStateMachine machine;

  CallProcessor(Supplier<@Nullable Node> node, CounterStateMachine machine) {
    this.node = node;
    this.machine = machine;
  }

  @Override
  public void handleRequest(RpcContext caller, Message call) {
    Node raft = node.get();
    if (raft == null || !raft.isLeader(false)) {
      caller.sendResponse(notLeader(raft));
    } else if (call.kind() == Message.WRITE) {
      raft.apply(new Task(ByteBuffer.wrap(call.body()), new Write(caller)));
    } else {
      raft.readIndex(new byte[0], new Read(caller, call.body()));
    }
  }

  private static Message notLeader(@Nullable Node raft) {
    @Nullable PeerId leader = raft == null ? null : raft.getLeaderId();
    String address = leader == null || leader.isEmpty() ? "" : leader.toString();
    return new Message(Message.NOT_LEADER, address.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String interest() {
    return Message.class.getName();
  }

  private final class Read extends ReadIndexClosure {
    private final RpcContext caller;
    private final byte[] query;

    Read(RpcContext caller, byte[] query) {
      this.caller = caller;
      this.query = query;
    }

    @Override
    public void run(Status status, long index, byte[] context) {
      caller.sendResponse(
          status.isOk()
              ? new Message(Message.ANSWER, machine.answer(query))
              : new Message(
                  Message.UNCLEAR, String.valueOf(status).getBytes(StandardCharsets.UTF_8)));
    }
  }
}

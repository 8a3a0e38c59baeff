// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.jraft;

import com.alipay.remoting.DefaultCustomSerializer;
import com.alipay.remoting.InvokeContext;
import com.alipay.remoting.rpc.RequestCommand;
import com.alipay.remoting.rpc.ResponseCommand;
import com.alipay.remoting.rpc.protocol.RpcRequestCommand;
import com.alipay.remoting.rpc.protocol.RpcResponseCommand;

/** Bytes as they are instead of reflection on objects: what a user who wants speed would do. */
final class MessageSerializer extends DefaultCustomSerializer {
  @Override
  public <T extends RequestCommand> boolean serializeContent(T request, InvokeContext context) {
    if (request instanceof RpcRequestCommand command
        && command.getRequestObject() instanceof Message message) {
      command.setContent(message.encode());
      return true;
    }
    return false;
  }

  @Override
  public <T extends ResponseCommand> boolean serializeContent(T response) {
    if (response instanceof RpcResponseCommand command
        && command.getResponseObject() instanceof Message message) {
      command.setContent(message.encode());
      return true;
    }
    return false;
  }

  @Override
  public <T extends RequestCommand> boolean deserializeContent(T request) {
    if (request instanceof RpcRequestCommand command) {
      command.setRequestObject(Message.decode(command.getContent()));
      return true;
    }
    return false;
  }

  @Override
  public <T extends ResponseCommand> boolean deserializeContent(T response, InvokeContext context) {
    if (response instanceof RpcResponseCommand command) {
      command.setResponseObject(Message.decode(command.getContent()));
      return true;
    }
    return false;
  }
}

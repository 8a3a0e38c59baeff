// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import io.grpc.MethodDescriptor;

/** The two streams of Quorate; the single calls are those of the protobuf service. */
public final class QuorateMethods {
  /**
   * Version of frames and handshakes. Raised when an older release could not understand what a
   * newer one sends; replicas and clients of different versions refuse each other.
   */
  public static final int PROTOCOL_VERSION = 1;

  /** Service that replicas offer each other. */
  public static final String PEER_SERVICE = "quorate.v1.Peer";

  /** Service that replicas offer clients. */
  public static final String CLIENT_SERVICE = "quorate.v1.Client";

  /** One stream between two replicas, for the messages of both. */
  public static final MethodDescriptor<PeerFrame, PeerFrame> EXCHANGE =
      stream(PEER_SERVICE, "Exchange", new PeerFrameMarshaller());

  /** One stream of a client: calls one way, answers the other, many a frame. */
  public static final MethodDescriptor<CallFrame, CallFrame> CALLS =
      stream(CLIENT_SERVICE, "Calls", new CallFrameMarshaller());

  private QuorateMethods() {}

  private static <F> MethodDescriptor<F, F> stream(
      String service, String method, MethodDescriptor.Marshaller<F> marshaller) {
    return MethodDescriptor.<F, F>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
        .setRequestMarshaller(marshaller)
        .setResponseMarshaller(marshaller)
        .build();
  }
}

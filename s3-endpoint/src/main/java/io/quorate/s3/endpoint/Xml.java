// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import io.quorate.core.protocol.ObjectResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/** The documents of S3 that this server reads and writes. */
final class Xml {
  private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
  private static final XMLOutputFactory OUTPUT = XMLOutputFactory.newDefaultFactory();
  private static final XMLInputFactory INPUT = input();

  private Xml() {}

  private static XMLInputFactory input() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory;
  }

  /** Writes what is inside the outermost element. */
  private interface Content {
    void write(XMLStreamWriter out) throws XMLStreamException;
  }

  static byte[] error(S3Error error, String resource, String requestId) {
    return document(
        "Error",
        "",
        out -> {
          text(out, "Code", error.code());
          text(out, "Message", String.valueOf(error.getMessage()));
          text(out, "Resource", resource);
          text(out, "RequestId", requestId);
        });
  }

  /** The answer to ListObjectsV2. */
  static byte[] list(ListQuery query, List<ObjectResult.Item> items, @Nullable String next) {
    return document(
        "ListBucketResult",
        NAMESPACE,
        out -> {
          text(out, "Name", query.bucket());
          text(out, "Prefix", query.encoded(query.prefix()));
          text(out, "KeyCount", Integer.toString(items.size()));
          text(out, "MaxKeys", Integer.toString(query.maxKeys()));
          if (query.urlEncoded()) {
            text(out, "EncodingType", "url");
          }
          text(out, "IsTruncated", Boolean.toString(next != null));
          if (next != null) {
            text(out, "NextContinuationToken", next);
          }
          for (ObjectResult.Item item : items) {
            out.writeStartElement("Contents");
            text(out, "Key", query.encoded(item.key()));
            text(out, "Size", Long.toString(item.sizeBytes()));
            text(out, "StorageClass", "STANDARD");
            out.writeEndElement();
          }
        });
  }

  /** What a list is asked for. */
  record ListQuery(String bucket, String prefix, int maxKeys, boolean urlEncoded) {
    private String encoded(String key) {
      return urlEncoded ? URLEncoder.encode(key, StandardCharsets.UTF_8) : key;
    }
  }

  /** The answer to DeleteObjects. */
  static byte[] deleted(List<String> keys) {
    return document(
        "DeleteResult",
        NAMESPACE,
        out -> {
          for (String key : keys) {
            out.writeStartElement("Deleted");
            text(out, "Key", key);
            out.writeEndElement();
          }
        });
  }

  /** The keys that DeleteObjects names. */
  static List<String> keysToDelete(byte[] document) throws S3Error {
    List<String> keys = new ArrayList<>();
    try {
      XMLStreamReader in = INPUT.createXMLStreamReader(new ByteArrayInputStream(document));
      while (in.hasNext()) {
        if (in.next() == XMLStreamConstants.START_ELEMENT && in.getLocalName().equals("Key")) {
          keys.add(in.getElementText());
        }
      }
      return keys;
    } catch (XMLStreamException e) {
      throw new S3Error(400, "MalformedXML", "the body is not a list of keys to delete");
    }
  }

  private static byte[] document(String element, String namespace, Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      XMLStreamWriter out = OUTPUT.createXMLStreamWriter(bytes, "UTF-8");
      out.writeStartDocument("UTF-8", "1.0");
      out.writeStartElement(element);
      if (!namespace.isEmpty()) {
        out.writeDefaultNamespace(namespace);
      }
      content.write(out);
      out.writeEndElement();
      out.writeEndDocument();
      out.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a document in memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  private static void text(XMLStreamWriter out, String element, String text)
      throws XMLStreamException {
    out.writeStartElement(element);
    out.writeCharacters(text);
    out.writeEndElement();
  }
}

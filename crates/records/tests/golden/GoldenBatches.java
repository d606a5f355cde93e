// Prints record batches from Kafka's own encoder, one a line: name, space, hex.
//
//   java -cp 'LIBS/*' GoldenBatches.java > kafka-clients-4.3.1.txt
//
// LIBS holds kafka-clients 4.3.1 and what it needs: lz4-java, slf4j-api, snappy-java, zstd-jni. With the argument
// "read", prints the records of the batches that come in on standard input in the same form.
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Scanner;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.LeaderChangeMessage.Voter;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.*;

public class GoldenBatches {
    static final long T = 1_700_000_000_000L;

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("read")) {
            read();
            return;
        }
        for (CompressionType type : CompressionType.values()) {
            print("data-" + type.name, data(Compression.of(type).build(), TimestampType.CREATE_TIME));
        }
        print("log-append-time", data(Compression.NONE, TimestampType.LOG_APPEND_TIME));
        for (ControlRecordType type : List.of(ControlRecordType.ABORT, ControlRecordType.COMMIT)) {
            print(type.name().toLowerCase(), MemoryRecords.withEndTransactionMarker(
                100, T, 7, 4711, (short) 3, new EndTransactionMarker(type, 42)).buffer());
        }
        LeaderChangeMessage change = new LeaderChangeMessage().setVersion((short) 0).setLeaderId(2)
            .setVoters(List.of(new Voter().setVoterId(1), new Voter().setVoterId(2)))
            .setGrantingVoters(List.of(new Voter().setVoterId(2)));
        print("leader-change",
            MemoryRecords.withLeaderChangeMessage(100, T, 7, ByteBuffer.allocate(256), change).buffer());
        ByteBuffer empty = ByteBuffer.allocate(61);
        DefaultRecordBatch.writeEmptyHeader(empty, (byte) 2, 4711, (short) 3, 5, 100, 103, 7,
            TimestampType.CREATE_TIME, T, true, false);
        empty.flip();
        print("empty", empty);
    }

    static ByteBuffer data(Compression compression, TimestampType timestampType) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(buffer, (byte) 2, compression, timestampType,
            100, T + 1000, 4711, (short) 3, Integer.MAX_VALUE - 1, true, false, 7, 1 << 20);
        builder.append(T, utf8("k0"), utf8("v0"), new Header[0]);
        builder.append(T + 5, (byte[]) null, new byte[0], new Header[] {
            new RecordHeader("h", utf8("1")), new RecordHeader("h", null), new RecordHeader("", new byte[0])});
        builder.append(T - 10, new byte[0], (byte[]) null,
            new Header[] {new RecordHeader("ünï", new byte[] {0, (byte) 0xff})});
        if (compression.type() != CompressionType.NONE) {
            byte[] large = new byte[70_000];
            for (int i = 0; i < large.length; i++) large[i] = (byte) ("mainstem ".charAt(i % 9) + i / 20_000);
            builder.append(T, (byte[]) null, large, new Header[0]);
        }
        return builder.build().buffer();
    }

    static void read() {
        Scanner in = new Scanner(System.in);
        while (in.hasNext()) {
            String name = in.next();
            MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(HexFormat.of().parseHex(in.next())));
            for (RecordBatch batch : records.batches()) {
                batch.ensureValid();
                System.out.println(name + " " + batch);
                for (org.apache.kafka.common.record.internal.Record record : batch) System.out.println("  " + record + " "
                    + record.timestamp() + " " + record.sequence() + " " + List.of(record.headers()));
            }
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void print(String name, ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        System.out.println(name + " " + HexFormat.of().formatHex(bytes));
    }
}

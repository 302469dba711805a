using System.Buffers;

namespace FlGlm.Client.Data;

/// <summary>An example as few bytes: the number of ids, the ids, then the labels as runs.</summary>
/// <remarks>
/// Every number is a LEB128. A run is its length times four plus its kind; of <see cref="Run.Other"/> the labels plus <see cref="LabelShift"/>
/// follow.
/// </remarks>
internal static class ExampleBytes
{
    /// <summary>Makes labels numbers of 0 or more, where they are not below <see cref="Example.Ignored"/>.</summary>
    private const int LabelShift = -Example.Ignored;

    private enum Run
    {
        /// <summary>Labels that the loss leaves out.</summary>
        Ignored,

        /// <summary>Labels that are their ids.</summary>
        Same,

        /// <summary>Any others.</summary>
        Other,
    }

    internal static void Write(Example example, IBufferWriter<byte> into)
    {
        var (ids, labels) = (example.Ids, example.Labels);
        WriteNumber(into, (uint)ids.Length);
        foreach (var id in ids)
            WriteNumber(into, (uint)id);
        for (var start = 0; start < labels.Length;)
        {
            var kind = KindOf(ids[start], labels[start]);
            var end = start + 1;
            while (end < labels.Length && KindOf(ids[end], labels[end]) == kind)
                end++;
            WriteNumber(into, ((uint)(end - start) << 2) | (uint)kind);
            for (var token = start; kind == Run.Other && token < end; token++)
                WriteNumber(into, unchecked((uint)(labels[token] + LabelShift)));
            start = end;
        }
    }

    internal static Example Read(ReadOnlySpan<byte> bytes)
    {
        var ids = new int[ReadNumber(ref bytes)];
        for (var token = 0; token < ids.Length; token++)
            ids[token] = (int)ReadNumber(ref bytes);
        var labels = new int[ids.Length];
        for (var start = 0; start < labels.Length;)
        {
            var run = ReadNumber(ref bytes);
            var end = start + (int)(run >> 2);
            for (var token = start; token < end; token++)
            {
                labels[token] = (Run)(run & 3) switch
                {
                    Run.Ignored => Example.Ignored,
                    Run.Same => ids[token],
                    _ => unchecked((int)ReadNumber(ref bytes) - LabelShift),
                };
            }

            start = end;
        }

        return new Example(ids, labels);
    }

    private static Run KindOf(int id, int label) => label == Example.Ignored ? Run.Ignored : label == id ? Run.Same : Run.Other;

    private static void WriteNumber(IBufferWriter<byte> into, uint number)
    {
        var bytes = into.GetSpan(5);
        var length = 0;
        for (; number >= 0x80; number >>= 7)
            bytes[length++] = (byte)(number | 0x80);
        bytes[length++] = (byte)number;
        into.Advance(length);
    }

    private static uint ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        var (number, length) = (0u, 0);
        byte next;
        do
        {
            next = bytes[length];
            number |= (uint)(next & 0x7F) << (7 * length++);
        }
        while (next >= 0x80);
        bytes = bytes[length..];
        return number;
    }
}

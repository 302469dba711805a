using System.Buffers;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;

namespace FlGlm.Core.Tests.Wire;

public sealed class FrameHeaderTests
{
    private static readonly WireSettings Limits = new() { MaxFrameBytes = 1 << 20, MaxControlBytes = 1 << 16 };

    private static readonly FrameHeader Example = new(
        FrameKind.Forward, FrameDirection.ServerToClient, new Guid([.. Enumerable.Range(16, 16).Select(i => (byte)i)]),
        0x0102030405060708, 0x0A0B0C0D, PayloadSpec.Of(ElementType.BF16, 3, 0x0123), 0x0234);

    [Fact]
    public void Bytes_lie_where_the_documentation_says()
    {
        Assert.Equal(
            "464C474D" + "0200" + "30" + "01" + "101112131415161718191A1B1C1D1E1F" + "0807060504030201" + "0D0C0B0A" + "02" + "02" + "0000"
            + "03000000" + "23010000" + "00000000" + "00000000" + "D206000000000000" + "34020000",
            Convert.ToHexString(Write(Example)));
    }

    [Fact]
    public void Header_is_read_back_as_written()
    {
        var buffer = new ReadOnlySequence<byte>([.. Write(Example), 7]);
        Assert.True(FrameHeader.TryRead(ref buffer, Limits, out var header));
        Assert.Equal(Example, header);
        Assert.Equal(1, buffer.Length);
    }

    [Theory]
    [InlineData(ElementType.F32, 1)]
    [InlineData(ElementType.BF16, 2)]
    [InlineData(ElementType.F16, 3)]
    public void A_number_type_has_the_code_that_the_documentation_says(ElementType element, byte code)
    {
        var bytes = Write(Example with { Spec = PayloadSpec.Of(element, 2) });
        Assert.Equal(code, bytes[36]);
        var buffer = new ReadOnlySequence<byte>(bytes);
        Assert.True(FrameHeader.TryRead(ref buffer, Limits, out var header));
        Assert.Equal(element, header.Spec.Element);
    }

    [Fact]
    public void A_header_without_a_tensor_has_the_code_0() => Assert.Equal(0, Write(Example with { Spec = default })[36]);

    [Fact]
    public void A_number_type_that_frames_do_not_carry_is_refused() =>
        Assert.Throws<ArgumentException>(() => PayloadSpec.Of(ElementType.I64, 2));

    [Fact]
    public void Half_a_header_is_waited_for()
    {
        var buffer = new ReadOnlySequence<byte>(Write(Example), 0, FrameHeader.Size - 1);
        Assert.False(FrameHeader.TryRead(ref buffer, Limits, out _));
        Assert.Equal(FrameHeader.Size - 1, buffer.Length);
    }

    [Theory]
    [InlineData(0, 0x47, FaultCode.NotThisProtocol)]
    [InlineData(4, 1, FaultCode.VersionMismatch)]
    [InlineData(6, 0, FaultCode.Malformed)] // no such kind
    [InlineData(6, 1, FaultCode.Malformed)] // a Hello with a tensor
    [InlineData(7, 2, FaultCode.Malformed)] // no such direction
    [InlineData(36, 0, FaultCode.Malformed)] // dims without a tensor
    [InlineData(36, 9, FaultCode.Malformed)] // no such element type
    [InlineData(37, 5, FaultCode.Malformed)] // rank 5
    [InlineData(37, 1, FaultCode.Malformed)] // a dim beyond the rank
    [InlineData(38, 1, FaultCode.Malformed)] // reserved
    [InlineData(40, 4, FaultCode.Malformed)] // dims against length
    [InlineData(43, 0xFF, FaultCode.TooLarge)] // dims above the limit
    [InlineData(56, 0, FaultCode.Malformed)] // length against dims
    [InlineData(63, 0x80, FaultCode.Malformed)] // a negative length
    [InlineData(66, 2, FaultCode.TooLarge)] // control above the limit
    [InlineData(67, 0x80, FaultCode.TooLarge)] // a negative control length
    public void Bad_byte_is_refused(int position, byte value, FaultCode code)
    {
        var bytes = Write(Example);
        bytes[position] = value;
        Assert.Equal(code, Refuse(bytes).Code);
    }

    [Fact]
    public void Dims_whose_product_overflows_are_refused()
    {
        var bytes = Write(Example);
        bytes[37] = 4;
        bytes.AsSpan(40, 16).Fill(0xFF);
        Assert.Equal(FaultCode.TooLarge, Refuse(bytes).Code);
    }

    [Fact]
    public void Version_mismatch_names_both_versions()
    {
        var bytes = Write(Example);
        bytes[4] = 7;
        Assert.Contains("version 7, this program version 2", Refuse(bytes).Message);
    }

    [Theory]
    [InlineData("client.max_frame_bytes", "the limit here is 1,048,576 bytes (client.max_frame_bytes).")]
    [InlineData(null, "the limit here is 1,048,576 bytes.")]
    public void Limit_is_named_by_the_key_that_set_it(string? key, string says)
    {
        var bytes = Write(Example);
        bytes[43] = 0xFF;
        Assert.EndsWith(says, Refuse(bytes, Limits with { FrameLimitKey = key }).Message);
    }

    private static byte[] Write(FrameHeader header)
    {
        var bytes = new byte[FrameHeader.Size];
        header.Write(bytes);
        return bytes;
    }

    private static ProtocolException Refuse(byte[] bytes, WireSettings? limits = null) => Assert.Throws<ProtocolException>(() =>
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        FrameHeader.TryRead(ref buffer, limits ?? Limits, out _);
    });
}

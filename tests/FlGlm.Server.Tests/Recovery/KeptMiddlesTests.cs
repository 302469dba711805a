using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using FlGlm.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Server.Tests.Recovery;

/// <summary>The middles that are kept for the best steps of clients.</summary>
public sealed class KeptMiddlesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Participant _client = new("identity", "anna", samples: 1) { Seat = 2 };
    private readonly NamedParameter _middle = new("weight", new Parameter(ones(4)));

    public void Dispose()
    {
        _middle.Value.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_middle_is_read_again_as_it_was_until_its_client_has_ended(bool onDisk)
    {
        using var kept = Kept(onDisk, maxBytes: 1000);
        await kept.AddAsync(2, 10, Values(1));
        await kept.AddAsync(2, 20, Values(2));
        await kept.AddAsync(3, 20, Values(3));

        Assert.Equal([2f, 2, 2, 2], Read(kept, 2, 20));
        Assert.Equal([2f, 2, 2, 2], Read(kept, 2, 20));
        Assert.Equal([1f, 1, 1, 1], Read(kept, 2, 10));
        kept.Forget(2);
        Assert.Throws<ProtocolException>(() => Read(kept, 2, 20));
        Assert.Equal([3f, 3, 3, 3], Read(kept, 3, 20));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_keeps_more_than_it_may_is_refused_whatever_it_has_said(bool onDisk)
    {
        using var kept = Kept(onDisk, maxBytes: 32); // two of 16 bytes
        Assert.Equal(FaultCode.CacheFull, Assert.Throws<ProtocolException>(() => kept.Expect(_client, 10, [_middle], most: 3)).Code);
        kept.Expect(_client, 10, [_middle], most: 2);
        await kept.AddAsync(2, 10, Values(1));
        await kept.AddAsync(2, 20, Values(1));

        kept.Expect(_client, 20, [_middle], most: 1); // once more the same
        Assert.Throws<ProtocolException>(() => kept.Expect(_client, 30, [_middle], most: 1));
    }

    private KeptMiddles Kept(bool onDisk, long maxBytes) => new(onDisk ? _folder.At("kept") : "", maxBytes);

    private static ParameterSet Values(float value) => new([("weight", full(4, value))]);

    private static float[] Read(KeptMiddles kept, int seat, int step)
    {
        using var read = kept.Read(seat, step, [new ParameterSpec("weight", [4], float32)]);
        return read.Tensors[0].Value.data<float>().ToArray();
    }
}

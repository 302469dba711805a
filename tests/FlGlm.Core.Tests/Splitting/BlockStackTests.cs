using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

public sealed class BlockStackTests
{
    /// <summary>A context longer than its row makes the mask fail, after the rotary tables are made.</summary>
    [Fact]
    public void Tables_that_fail_leave_none_behind_that_a_later_pass_would_use()
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        using var stages = Method.Open("lora of chatglm", new TinyChatGlm().Write(folder.Path), new SplitSettings());
        var batch = Method.Batch("lora of chatglm");
        var before = stages.Loss(batch);
        var bad = new SequenceLayout([4]) { Contexts = [new RowContext(9, 1)] };
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var hidden = ones(1, 4, new TinyChatGlm().Hidden, device: TestDevice.Device);
            Assert.ThrowsAny<Exception>(() => stages.Middle.Forward(hidden, bad, PassMode.Evaluate));
        }

        Assert.Equal(before, stages.Loss(batch));
    }

    /// <summary>The second call has another number of rows, and more tokens than there are free slots.</summary>
    [Fact]
    public void A_cache_keeps_its_keys_and_values_where_new_ones_do_not_fit()
    {
        using var scope = NewDisposeScope();
        using var cache = new BlockCache(prefix: null);
        var first = rand(2, 2, 3, 4);
        cache.Join(first, first);

        Assert.ThrowsAny<Exception>(() => cache.Join(rand(3, 2, 500, 4), rand(3, 2, 500, 4)));

        var next = rand(2, 2, 1, 4);
        var (keys, values) = cache.Join(next, next);
        Assert.Equal(cat([first, next], 2), keys);
        Assert.Equal(cat([first, next], 2), values);
    }
}

using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;

namespace FlGlm.Core.Tests.Wire;

public sealed class SegmentTests
{
    /// <summary>The end of the last piece exceeds 31 bits when it is computed in whole segments.</summary>
    [Fact]
    public void Largest_frame_that_a_limit_may_allow_is_cut_to_its_end()
    {
        long total = Array.MaxLength;
        Assert.Empty(FrameLimit.Check("key", total));
        Assert.Equal(total, Segment.Offsets(total).Sum(offset => (long)Segment.LengthAt(offset, total)));
        Assert.NotEmpty(FrameLimit.Check("key", total + 1));
    }
}

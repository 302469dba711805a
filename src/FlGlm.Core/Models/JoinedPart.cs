using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>
/// One client's rows in a joined pass, whose tensors hold the real tokens of all clients one after the other (client-batch). Products run on all
/// of them at once; attention and dropout are each client's own, at its own length.
/// </summary>
/// <param name="Layout">its rows</param>
/// <param name="Context">the tables and the dropout of a pass of its own</param>
/// <param name="Dropout">its generator</param>
/// <param name="FirstToken">real tokens of the clients before it</param>
/// <param name="FirstRow">rows of the clients before it</param>
internal sealed record JoinedPart(SequenceLayout Layout, BlockContext Context, Dropout Dropout, int FirstToken, int FirstRow) : IDisposable
{
    /// <summary>[tokens] where its real tokens are in its padded rows; null where nothing is padded.</summary>
    private readonly Tensor? _real = Layout.IsPadded ? tensor(Layout.RealTokens, dtype: int64, device: Context.Cos.device).DetachFromDisposeScope() : null;

    /// <summary>Takes its real tokens out of its rows.</summary>
    /// <param name="rows">[B, T, ..]</param>
    /// <returns>[tokens, ..]</returns>
    public Tensor Pack(Tensor rows)
    {
        var flat = rows.flatten(0, 1);
        return _real is null ? flat : flat.index_select(0, _real);
    }

    /// <summary>Puts its real tokens into rows.</summary>
    /// <param name="all">[A, N, D] the tokens of all clients</param>
    /// <returns>[B, A, T, D], zero where a row has no token</returns>
    public Tensor Unpack(Tensor all)
    {
        var (heads, width) = (all.shape[0], all.shape[2]);
        var own = all.narrow(1, FirstToken, Layout.Tokens);
        if (_real is not null)
            own = zeros(heads, (long)Layout.Rows * Layout.Length, width, dtype: all.dtype, device: all.device).index_copy(1, _real, own);
        return own.reshape(heads, Layout.Rows, Layout.Length, width).transpose(0, 1);
    }

    /// <summary>Puts its real tokens into rows.</summary>
    /// <param name="all">[1, N, H] the tokens of all clients</param>
    /// <returns>[B, T, H], zero where a row has no token</returns>
    public Tensor UnpackHidden(Tensor all) => Unpack(all).squeeze(1);

    /// <summary>A rotary table for its real tokens.</summary>
    /// <param name="table">[T, D] or [B, 1, T, D]</param>
    /// <returns>[tokens, D]</returns>
    public Tensor PackTable(Tensor table) =>
        Pack(table.dim() == 2 ? table.expand(Layout.Rows, -1, -1) : table.squeeze(1));

    /// <summary>Attention among its own tokens.</summary>
    /// <param name="query">[1, A, N, D] of all clients; keys and values alike</param>
    /// <param name="prefix">[sum of B, ..] of all clients</param>
    /// <returns>[tokens, A * D]</returns>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, BlockPrefix? prefix) => Pack(GroupedAttention.Forward(
        Unpack(query.squeeze(0)), Unpack(key.squeeze(0)), Unpack(value.squeeze(0)), Context, prefix?.Rows(FirstRow, Layout.Rows)));

    public void Dispose() => _real?.Dispose();
}

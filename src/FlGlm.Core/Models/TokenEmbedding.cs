using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Rows of the embedding matrix by token id; the padding token's row takes no gradient (torch.nn.Embedding).</summary>
public sealed class TokenEmbedding(Tensor weight, int? padId)
{
    /// <summary>[V, H]</summary>
    public Tensor Weight { get; } = weight;

    /// <summary>The padding token; null where the model names none.</summary>
    internal int? PadId => padId;

    /// <param name="ids">[B, T], int64</param>
    /// <returns>[B, T, H]</returns>
    public Tensor Forward(Tensor ids)
    {
        var rows = Weight.index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], Weight.shape[1]);
        if (padId is null || !Weight.requires_grad)
            return rows;
        return where(ids.IsEqualTo(padId.Value).unsqueeze(-1), rows.detach(), rows);
    }
}

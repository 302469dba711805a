using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Penalties;

/// <summary>How much the hidden states of a row depend on its token embeddings, 0 to 1, with the row's positions as samples; gradients go through it.</summary>
internal static class RowDependence
{
    /// <summary>Keeps roots and quotients finite where all positions are the same.</summary>
    private const float Tiny = 1e-12f;

    /// <summary>
    /// Distance correlation (Székely, Rizzo and Bakirov 2007; as a penalty: NoPeek, Vepakomma et al. 2020): with A and B the matrices of Euclidean
    /// distances between the positions of each, rows and columns centred, dCor = sqrt(sum(A * B) / sqrt(sum(A * A) sum(B * B))). 0 only of what is
    /// independent; of few samples with many numbers each it is near 1 whatever they are.
    /// </summary>
    /// <param name="embeddings">[T, H]</param>
    /// <param name="hidden">[T, H]</param>
    /// <returns>[]</returns>
    public static Tensor Distance(Tensor embeddings, Tensor hidden) => AtLeastTiny(Cosine(Centred(cdist(embeddings, embeddings)), Centred(cdist(hidden, hidden)))).sqrt();

    /// <summary>
    /// The RV coefficient (Escoufier 1973; as linear CKA: Kornblith et al. 2019): with X and Z the two, columns centred,
    /// |X^T Z|^2 / (|X^T X| |Z^T Z|) in Frobenius norms. The numerator is the sum of the squares of all H x H cross-covariances.
    /// </summary>
    /// <inheritdoc cref="Distance"/>
    public static Tensor Linear(Tensor embeddings, Tensor hidden) => Cosine(Products(embeddings), Products(hidden));

    /// <returns>[T, T] inner products of the positions, columns centred; the same norms as those of [H, H]</returns>
    private static Tensor Products(Tensor rows)
    {
        var centred = rows.sub(rows.mean([0], keepdim: true));
        return centred.mm(centred.t());
    }

    private static Tensor Cosine(Tensor a, Tensor b) => a.mul(b).sum().div(AtLeastTiny(a.mul(a).sum()).sqrt().mul(AtLeastTiny(b.mul(b).sum()).sqrt()));

    /// <param name="distances">[T, T]</param>
    private static Tensor Centred(Tensor distances)
    {
        var means = distances.mean([1], keepdim: true);
        return distances.sub(means).sub(means.t()).Plus(distances.mean());
    }

    private static Tensor AtLeastTiny(Tensor value) => value.maximum(tensor(Tiny, dtype: value.dtype, device: value.device));
}

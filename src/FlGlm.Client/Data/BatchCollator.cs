using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Data;

/// <summary>Joins rows of different lengths into one batch, padded on the right to the longest of them, or of their buckets.</summary>
public static class BatchCollator
{
    /// <summary>Joins examples.</summary>
    /// <param name="examples">B rows, none of them empty.</param>
    /// <param name="padId">The id on padding; it reaches no loss and no attention.</param>
    /// <param name="marks">The model family's marks, where it has some.</param>
    /// <param name="buckets">Lengths in ascending order: each row leaves with the first that holds it. None = with its own.</param>
    /// <exception cref="DataException">A row lacks one of the marks.</exception>
    public static TrainingBatch Collate(IReadOnlyList<Example> examples, int padId = 0, ContextMarks? marks = null, IReadOnlyList<int>? buckets = null)
    {
        int[]? padded = buckets is { Count: > 0 } ? [.. examples.Select(example => buckets.First(bucket => bucket >= example.Ids.Length))] : null;
        var length = padded?.Max() ?? examples.Max(example => example.Ids.Length);
        var ids = new long[examples.Count * length];
        var labels = new long[ids.Length];
        Array.Fill(ids, padId);
        Array.Fill(labels, Example.Ignored);
        for (var row = 0; row < examples.Count; row++)
        {
            var example = examples[row];
            for (var token = 0; token < example.Ids.Length; token++)
            {
                ids[(row * length) + token] = example.Ids[token];
                labels[(row * length) + token] = example.Labels[token];
            }
        }
        return new TrainingBatch(ids, labels, [.. examples.Select(example => example.Ids.Length)], examples.Count, length)
        {
            Contexts = marks is null ? null : [.. examples.Select(example => ContextOf(example.Ids, marks))],
            PaddedLengths = padded,
        };
    }

    /// <summary>Takes a batch padded elsewhere, on whichever side: its pads are shifted out, rows travel without padding.</summary>
    /// <param name="ids">[B, S] token ids.</param>
    /// <param name="mask">[B, S] 1 on real tokens, 0 on padding (Hugging Face's attention_mask).</param>
    /// <param name="labels">[B, S] labels, not shifted.</param>
    /// <param name="rows">B.</param>
    /// <param name="padId">The id on padding.</param>
    /// <param name="marks">The model family's marks, where it has some.</param>
    public static TrainingBatch CollatePadded(
        ReadOnlySpan<long> ids, ReadOnlySpan<long> mask, ReadOnlySpan<long> labels, int rows, int padId = 0, ContextMarks? marks = null)
    {
        var width = ids.Length / rows;
        if (width * rows != ids.Length || mask.Length != ids.Length || labels.Length != ids.Length)
        {
            throw new ArgumentException(
                $"{ids.Length} ids, {mask.Length} mask values and {labels.Length} labels are not {rows} rows of one length.");
        }

        var examples = new List<Example>(rows);
        for (var row = 0; row < rows; row++)
        {
            var (rowIds, rowLabels) = (new List<int>(), new List<int>());
            for (var index = row * width; index < (row + 1) * width; index++)
            {
                if (mask[index] == 0)
                    continue;
                rowIds.Add((int)ids[index]);
                rowLabels.Add((int)labels[index]);
            }
            examples.Add(new Example([.. rowIds], [.. rowLabels]));
        }
        return Collate(examples, padId, marks);
    }

    /// <summary>The context ends before the first start mark; the answer belongs where gMASK stands, else where MASK does.</summary>
    private static RowContext ContextOf(int[] ids, ContextMarks marks)
    {
        if (MissingMark(ids, marks) is { } mark)
        {
            throw new DataException(
                "", null, $"A row has no {mark}, which every row of a ChatGLM-6B needs; use this model's own tokenizer.");
        }

        var gmask = Array.IndexOf(ids, marks.GMask);
        return new RowContext(Array.IndexOf(ids, marks.Start), gmask >= 0 ? gmask : Array.IndexOf(ids, marks.Mask));
    }

    /// <summary>The mark that a row lacks; null where it has what its family needs.</summary>
    internal static string? MissingMark(int[] ids, ContextMarks marks)
    {
        if (!ids.Contains(marks.Start))
            return $"<sop> ({marks.Start})";
        return ids.Contains(marks.GMask) || ids.Contains(marks.Mask) ? null : $"[gMASK] ({marks.GMask}) nor [MASK] ({marks.Mask})";
    }
}

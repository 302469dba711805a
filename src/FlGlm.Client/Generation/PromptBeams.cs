using static TorchSharp.torch;

namespace FlGlm.Client.Generation;

/// <summary>The beams of one prompt, and its complete answers.</summary>
/// <param name="prompt">its ids</param>
/// <param name="number">the prompt, counted from 1, for messages</param>
/// <param name="limit">tokens of the longest answer</param>
/// <param name="dtype">the model's number type, for messages</param>
internal sealed class PromptBeams(
    int[] prompt, int number, int limit, ScalarType dtype, GenerationSettings settings, LogitsRules rules, IReadOnlySet<int> stopIds)
{
    private readonly List<GeneratedRow> _answers = [];

    /// <summary>The beams to continue; none when the search is over.</summary>
    public IReadOnlyList<Beam> Running { get; private set; } = [new Beam(prompt, Score: 0, Parent: 0)];

    /// <summary>The best answer so far.</summary>
    public GeneratedRow Best => _answers[0];

    private bool IsFull => _answers.Count == settings.NumBeams;

    /// <summary>Continues every beam with its most likely tokens, and keeps the best of all.</summary>
    /// <param name="logits">[beams][V]</param>
    public void Advance(ReadOnlySpan<float[]> logits)
    {
        var length = Running[0].Ids.Length - prompt.Length + 1;
        List<Beam> next = [];
        var candidates = Candidates(logits);
        for (var rank = 0; rank < candidates.Length; rank++)
        {
            var (parent, token, score) = candidates[rank];
            if (stopIds.Contains(token) || length == limit)
            {
                if (rank < settings.NumBeams)
                    Add(Running[parent].Ids, token, score / Math.Pow(length, settings.LengthPenalty));
            }
            else if (next.Count < settings.NumBeams)
            {
                next.Add(new Beam([.. Running[parent].Ids, token], score, parent));
            }
        }

        if (next.Count + _answers.Count == 0)
            throw GenerationFaults.NoToken(number, logits[0], dtype);
        Running = next.Count > 0 && CanImprove(next[0].Score, length) ? next : [];
    }

    /// <summary>The best candidates: enough that num_beams of them continue even if every beam stops at every stop id.</summary>
    private Candidate[] Candidates(ReadOnlySpan<float[]> logits)
    {
        var best = new TopCandidates(Math.Max(2, 1 + stopIds.Count) * settings.NumBeams);
        for (var beam = 0; beam < Running.Count; beam++)
        {
            Logits.ToLogProbabilities(logits[beam]);
            rules.Apply(logits[beam], Running[beam].Ids, prompt.Length);
            best.Offer(logits[beam], beam, Running[beam].Score);
        }

        return best.BestFirst();
    }

    private void Add(int[] ids, int token, double score)
    {
        var place = _answers.Count;
        while (place > 0 && _answers[place - 1].Score < score)
            place--;
        var stops = stopIds.Contains(token);
        int[] answer = stops ? ids[prompt.Length..] : [.. ids[prompt.Length..], token];
        _answers.Insert(place, new GeneratedRow(answer, stops ? FinishReason.Stop : FinishReason.Length, stops ? token : null, score));
        if (_answers.Count > settings.NumBeams)
            _answers.RemoveAt(settings.NumBeams);
    }

    /// <summary>Whether the best beam, if complete now, would be better than the worst answer.</summary>
    private bool CanImprove(float bestScore, int length) =>
        !IsFull || (!settings.EarlyStopping && bestScore / Math.Pow(length, settings.LengthPenalty) > _answers[^1].Score);
}

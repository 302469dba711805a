using FlGlm.Client.Generation;

namespace FlGlm.Client.Evaluation;

/// <summary>
/// Scores answers by their probability behind a prompt. A prompt is computed once, by all three parts of the model; its answers go on from its
/// keys and values, all in one pass. Answers of one token need no pass of their own.
/// </summary>
/// <param name="lengthPenalty">the sum of an answer's log-probabilities is divided by its length to this power</param>
internal sealed class CandidateScorer(IDecoder decoder, double lengthPenalty)
{
    /// <summary>Scores the answers of several prompts.</summary>
    /// <returns>for each prompt, each answer's score: the sum of its tokens' log-probabilities, divided as said</returns>
    public async Task<IReadOnlyList<double[]>> ScoreAsync(IReadOnlyList<CandidatePrompt> prompts, CancellationToken ct)
    {
        var logits = await decoder.PrefillAsync([.. prompts.Select(prompt => prompt.Shared)], ct).ConfigureAwait(false);
        var sums = prompts.Select(prompt => new double[prompt.Answers.Count]).ToList();
        var going = new List<(int Prompt, int Answer)>();
        for (var prompt = 0; prompt < prompts.Count; prompt++)
        {
            Logits.ToLogProbabilities(logits[prompt]);
            for (var answer = 0; answer < prompts[prompt].Answers.Count; answer++)
            {
                var tokens = prompts[prompt].Answers[answer];
                if (tokens.Given == 0)
                    sums[prompt][answer] = logits[prompt][tokens.Ids[0]];
                if (tokens.Ids.Length > 1)
                    going.Add((prompt, answer));
            }
        }

        if (going.Count > 0)
            await AddRestAsync(prompts, going, sums, ct).ConfigureAwait(false);
        return [.. sums.Select((row, prompt) => row.Select((sum, answer) => sum / Length(prompts[prompt].Answers[answer])).ToArray())];
    }

    /// <summary>The tokens behind the first of each answer.</summary>
    private async Task AddRestAsync(IReadOnlyList<CandidatePrompt> prompts, List<(int Prompt, int Answer)> going, List<double[]> sums, CancellationToken ct)
    {
        int[][] tokens = [.. going.Select(each => prompts[each.Prompt].Answers[each.Answer].Ids)];
        var judged = await decoder.JudgeAsync(tokens, [.. going.Select(each => each.Prompt)], ct).ConfigureAwait(false);
        for (var row = 0; row < going.Count; row++)
        {
            var (prompt, answer) = going[row];
            foreach (var value in judged[row].Skip(Math.Max(0, prompts[prompt].Answers[answer].Given - 1)))
                sums[prompt][answer] += value;
        }
    }

    private double Length(CandidateTokens answer) => Math.Pow(answer.Ids.Length - answer.Given, lengthPenalty);
}

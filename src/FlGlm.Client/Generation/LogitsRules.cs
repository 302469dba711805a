namespace FlGlm.Client.Generation;

/// <summary>Changes a row's logits before a token is chosen, in Hugging Face's order: repetition penalty, n-grams, minimum length.</summary>
internal sealed class LogitsRules(GenerationSettings settings, IReadOnlyCollection<int> stopIds)
{
    private readonly float _penalty = (float)settings.RepetitionPenalty;

    /// <summary>Changes the logits in place.</summary>
    /// <param name="logits">[V]</param>
    /// <param name="ids">prompt and answer so far</param>
    /// <param name="promptLength">the number of prompt ids among them</param>
    public void Apply(Span<float> logits, ReadOnlySpan<int> ids, int promptLength)
    {
        if (_penalty != 1)
            PenaliseRepetition(logits, ids);
        if (settings.NoRepeatNgramSize > 0)
            ForbidNgrams(logits, settings.NoRepeatOfPrompt ? ids : ids[promptLength..]);
        if (ids.Length < settings.MinLength || ids.Length - promptLength < settings.MinNewTokens)
            ForbidStopping(logits);
    }

    /// <summary>Applies the penalty once per token of the row, even if the token occurs several times.</summary>
    private void PenaliseRepetition(Span<float> logits, ReadOnlySpan<int> ids)
    {
        var penalised = new float[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            var logit = logits[ids[i]];
            penalised[i] = logit < 0 ? logit * _penalty : logit / _penalty;
        }

        for (var i = 0; i < ids.Length; i++)
            logits[ids[i]] = penalised[i];
    }

    private void ForbidNgrams(Span<float> logits, ReadOnlySpan<int> ids)
    {
        var known = settings.NoRepeatNgramSize - 1;
        if (known > ids.Length)
            return;
        var end = ids[^known..];
        for (var start = 0; start + known < ids.Length; start++)
        {
            if (ids.Slice(start, known).SequenceEqual(end))
                logits[ids[start + known]] = float.NegativeInfinity;
        }
    }

    private void ForbidStopping(Span<float> logits)
    {
        foreach (var id in stopIds)
        {
            if (id < logits.Length)
                logits[id] = float.NegativeInfinity;
        }
    }
}

namespace FlGlm.Client.Data;

/// <summary>What a prompt is wrapped in.</summary>
public enum PromptTemplate
{
    /// <summary>Nothing: the prompt stands as it is.</summary>
    None,

    /// <summary>The model's own chat form: numbered rounds (ChatGLM-6B and 2), role marks (ChatGLM3), [INST] (Llama-2).</summary>
    Chat,
}
